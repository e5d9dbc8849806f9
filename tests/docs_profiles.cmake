# docs/profiles.md is what the command prints; this fails when the page is stale.
execute_process(COMMAND ${UNDERSTUDY} contracts diff documented observed OUTPUT_VARIABLE now RESULT_VARIABLE code)
file(READ ${PAGE} page)
if(NOT code EQUAL 0 OR NOT now STREQUAL page)
  message(FATAL_ERROR "docs/profiles.md is stale: understudy contracts diff > docs/profiles.md")
endif()
