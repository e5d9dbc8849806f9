# What `cmake --install` puts where: the library with its header and CMake package, the program, and what readers and editors need.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/understudy)
install(TARGETS understudy_library EXPORT understudy ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library)
install(DIRECTORY library/include/understudy DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT library)
install(EXPORT understudy NAMESPACE understudy:: FILE understudyTargets.cmake DESTINATION ${package_folder} COMPONENT library)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/understudyConfig.cmake.in understudyConfig.cmake INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(understudyConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/understudyConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/understudyConfigVersion.cmake
  DESTINATION ${package_folder} COMPONENT library)
file(RELATIVE_PATH up /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(${CMAKE_CURRENT_LIST_DIR}/understudy.pc.in understudy.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/understudy.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT library)

if(UNDERSTUDY_CLI)
  install(TARGETS understudy RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
endif()
install(FILES LICENSE README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program)
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs COMPONENT program FILES_MATCHING PATTERN "*.md" PATTERN "*.png")
# Editors check scenario files by it: # yaml-language-server: $schema=...
install(FILES scenarios/schema/scenario.schema.json DESTINATION ${CMAKE_INSTALL_DATADIR}/understudy/schema COMPONENT program)
