# understudy_embed(target folder...): a library that holds the data files of these folders (contracts, scenarios), made at
# build time by contracts/pack. See contracts/src/load/bundle.h.
function(understudy_embed target)
  set(files)
  foreach(folder ${ARGN})
    file(GLOB_RECURSE found CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/${folder}/*.yaml
         ${PROJECT_SOURCE_DIR}/${folder}/*.json ${PROJECT_SOURCE_DIR}/${folder}/*.txt)
    list(APPEND files ${found})
  endforeach()
  list(SORT files)
  if(NOT TARGET understudy_pack)
    add_executable(understudy_pack ${PROJECT_SOURCE_DIR}/contracts/pack/main.cpp)
    target_link_libraries(understudy_pack PRIVATE understudy_options understudy_contracts)
  endif()
  set(output ${PROJECT_BINARY_DIR}/${target}.cpp)
  set(inputs ${files})
  list(TRANSFORM inputs PREPEND ${PROJECT_SOURCE_DIR}/)
  add_custom_command(OUTPUT ${output} ${output}.bin COMMAND understudy_pack ${PROJECT_SOURCE_DIR} ${output} ${files}
    DEPENDS ${inputs} understudy_pack VERBATIM COMMENT "Embedding contracts and scenarios")
  set_source_files_properties(${output} PROPERTIES OBJECT_DEPENDS ${output}.bin)
  add_library(${target} STATIC ${output})
  target_link_libraries(${target} PUBLIC understudy_contracts)
endfunction()

# understudy_embed_page(target): the report page's style and script (conformance/report/html) become part of the library.
function(understudy_embed_page target)
  set(folder ${PROJECT_SOURCE_DIR}/conformance/report/html)
  set(scripts ${folder}/base.js ${folder}/detail.js ${folder}/panels.js ${folder}/app.js)
  set(output ${PROJECT_BINARY_DIR}/report_page.cpp)
  string(REPLACE ";" "|" list "${scripts}")
  add_custom_command(OUTPUT ${output} ${output}.style ${output}.script
    COMMAND ${CMAKE_COMMAND} -DSTYLE=${folder}/report.css "-DSCRIPTS=${list}" -DOUTPUT=${output} -P ${PROJECT_SOURCE_DIR}/cmake/EmbedPage.cmake
    DEPENDS ${folder}/report.css ${scripts} ${PROJECT_SOURCE_DIR}/cmake/EmbedPage.cmake VERBATIM COMMENT "Embedding the report page")
  # Compiler caches do not cache files with .incbin: it stays out of the folder's unity file.
  set_source_files_properties(${output} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON OBJECT_DEPENDS "${output}.style;${output}.script")
  target_sources(${target} PRIVATE ${output})
endfunction()

# understudy_embed_text(target header function file): `std::string_view function()`, declared in the header, returns the text of the file.
function(understudy_embed_text target header function file)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${file})
  file(READ ${PROJECT_SOURCE_DIR}/${file} text)
  set(output ${PROJECT_BINARY_DIR}/${function}.cpp)
  file(CONFIGURE OUTPUT ${output} @ONLY CONTENT [[
#include "@header@"
std::string_view understudy::@function@() { return R"text(@text@)text"; }
]])
  target_sources(${target} PRIVATE ${output})
endfunction()
