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
  if(NOT CMAKE_CROSSCOMPILING)
    # The program prints its own manual pages and completions.
    install(CODE "set(PROGRAM \"$<TARGET_FILE:understudy>\")\nset(DATA \"${CMAKE_INSTALL_DATADIR}\")" COMPONENT program)
    install(SCRIPT ${CMAKE_CURRENT_LIST_DIR}/InstallTexts.cmake COMPONENT program)
  endif()
endif()
install(FILES LICENSE README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program)
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs COMPONENT program FILES_MATCHING PATTERN "*.md" PATTERN "*.png")
# Editors check scenario files by it: # yaml-language-server: $schema=...
install(FILES scenarios/schema/scenario.schema.json DESTINATION ${CMAKE_INSTALL_DATADIR}/understudy/schema COMPONENT program)
# Scenarios to start from, and a contract of one's own to copy.
install(DIRECTORY packages/examples/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples COMPONENT program)

# The Debian package: ./dev package
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "The Understudy authors <understudy@example.test>")
set(CPACK_PACKAGE_FILE_NAME understudy)
set(CPACK_COMPONENTS_ALL program debian)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS ca-certificates)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "stateful mock server and test runner for commerce APIs")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "Understudy serves commerce APIs (Sellercloud, Veeqo, Seller Center, or your
own, described in YAML) with records, tokens, rate limits, faults and a clock
that tests control. It also runs the same descriptions as tests against real
implementations, with the vendor's document as the source of each rule.")
install(FILES packages/deb/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES packages/deb/understudy.service DESTINATION lib/systemd/system COMPONENT debian EXCLUDE_FROM_ALL)
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)
configure_file(packages/deb/changelog.in changelog @ONLY)
install(CODE "set(TEXT \"${CMAKE_CURRENT_BINARY_DIR}/changelog\")\nset(DOC \"${CMAKE_INSTALL_DOCDIR}\")" COMPONENT debian EXCLUDE_FROM_ALL)
install(SCRIPT ${CMAKE_CURRENT_LIST_DIR}/InstallChangelog.cmake COMPONENT debian EXCLUDE_FROM_ALL)
include(CPack)
