# understudy_embed(target folder...): a library that holds the data files of these folders (contracts, scenarios), made at
# build time. contracts/src/bundle.h tells how they are read.
set(UNDERSTUDY_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/EmbedFiles.cmake)
function(understudy_embed target)
  set(files)
  foreach(folder ${ARGN})
    file(GLOB_RECURSE found CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/${folder}/*.yaml
         ${CMAKE_SOURCE_DIR}/${folder}/*.json ${CMAKE_SOURCE_DIR}/${folder}/*.txt)
    list(APPEND files ${found})
  endforeach()
  set(output ${CMAKE_BINARY_DIR}/${target}.cpp)
  set(inputs ${files})
  list(TRANSFORM inputs PREPEND ${CMAKE_SOURCE_DIR}/)
  string(REPLACE ";" "|" file_list "${files}")
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DROOT=${CMAKE_SOURCE_DIR} -DFILES=${file_list} -DOUTPUT=${output} -P ${UNDERSTUDY_EMBED_SCRIPT}
    DEPENDS ${inputs} ${UNDERSTUDY_EMBED_SCRIPT} VERBATIM COMMENT "Embedding contracts and scenarios")
  add_library(${target} STATIC ${output})
  target_link_libraries(${target} PUBLIC understudy_contracts)
endfunction()
