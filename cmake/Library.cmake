# understudy::mock, the mock for users' own tests: one archive with the objects of every layer it needs and the bundled data, and
# one public header. What it is built with stays private; only what must be linked in the end is passed on.
understudy_room(library)
understudy_layer(facade ROOMS library LINK understudy_mock understudy_bundle)

add_library(understudy_library STATIC ${understudy_facade_objects} ${understudy_mock_objects} ${understudy_scenarios_objects}
  ${understudy_contracts_objects} $<TARGET_OBJECTS:understudy_bundle>)
add_library(understudy::mock ALIAS understudy_library)
set_target_properties(understudy_library PROPERTIES EXPORT_NAME mock OUTPUT_NAME understudy LINKER_LANGUAGE CXX)
target_compile_features(understudy_library INTERFACE cxx_std_20)
target_include_directories(understudy_library INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/library/include> $<INSTALL_INTERFACE:include>)
# In the tree by the targets that were found here; installed by those that understudyConfig.cmake.in finds.
foreach(one us::fmt us::yaml us::pcre2 us::openssl Threads::Threads)
  target_link_libraries(understudy_library INTERFACE $<BUILD_INTERFACE:$<LINK_ONLY:${one}>>)
endforeach()
foreach(one fmt::fmt yaml-cpp::yaml-cpp understudy::pcre2 OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
  target_link_libraries(understudy_library INTERFACE $<INSTALL_INTERFACE:$<LINK_ONLY:${one}>>)
endforeach()
# Code under a sanitizer needs its runtime in the program it ends up in.
if(UNDERSTUDY_SANITIZE)
  target_compile_options(understudy_library INTERFACE -fsanitize=address,undefined)
  target_link_options(understudy_library INTERFACE -fsanitize=address,undefined)
elseif(UNDERSTUDY_TSAN)
  target_compile_options(understudy_library INTERFACE -fsanitize=thread)
  target_link_options(understudy_library INTERFACE -fsanitize=thread)
endif()
