# cmake --install, find_package(cassplan), pkg-config and .deb packages. Components: runtime (libcassplan.so.0), dev
# (headers, the C++ archive, what compilers and CMake look for), tools (the command). The prefix may be moved afterwards.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/cassplan")

# Two sets: a host of the C API needs neither Abseil nor Protocol Buffers to be found.
if(CASSPLAN_BUILD_CAPI)
  install(TARGETS cassplan_c EXPORT cassplan-c
          LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT runtime NAMELINK_COMPONENT dev
          FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT dev)
  install(EXPORT cassplan-c NAMESPACE cassplan:: DESTINATION "${package_dir}" COMPONENT dev)
endif()
install(TARGETS cassplan_cxx EXPORT cassplan-cxx
        ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT dev
        FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT dev
        FILE_SET schema DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT dev)
install(EXPORT cassplan-cxx NAMESPACE cassplan:: DESTINATION "${package_dir}" COMPONENT dev)
install(TARGETS cassplan_cxx_yaml EXPORT cassplan-yaml ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT dev)
install(EXPORT cassplan-yaml NAMESPACE cassplan:: DESTINATION "${package_dir}" COMPONENT dev)
foreach(proto ${CASSPLAN_PROTOS})
  install(FILES "${PROJECT_SOURCE_DIR}/include/${proto}" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/cassplan/v1"
          COMPONENT dev)
endforeach()
if(TARGET cassplan)
  install(TARGETS cassplan RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT tools)
endif()

configure_package_config_file(
  "${CMAKE_CURRENT_LIST_DIR}/cassplanConfig.cmake.in" "${PROJECT_BINARY_DIR}/cassplanConfig.cmake"
  INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/cassplanConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/cassplanConfig.cmake" "${PROJECT_BINARY_DIR}/cassplanConfigVersion.cmake"
        DESTINATION "${package_dir}" COMPONENT dev)

# pkg-config: cassplan is the C API, cassplan-cxx the C++ library.
set(pc_dir "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
file(RELATIVE_PATH pc_to_prefix "/prefix/${pc_dir}" "/prefix")
string(REGEX REPLACE "/$" "" pc_to_prefix "${pc_to_prefix}")
list(TRANSFORM CASSPLAN_CXX_ABSEIL PREPEND absl_ OUTPUT_VARIABLE pc_abseil)
list(JOIN pc_abseil " " pc_abseil)
foreach(name cassplan cassplan-cxx)
  if(name STREQUAL cassplan-cxx OR CASSPLAN_BUILD_CAPI)
    configure_file("${CMAKE_CURRENT_LIST_DIR}/${name}.pc.in" "${PROJECT_BINARY_DIR}/${name}.pc" @ONLY)
    install(FILES "${PROJECT_BINARY_DIR}/${name}.pc" DESTINATION "${pc_dir}" COMPONENT dev)
  endif()
endforeach()

# cpack -G DEB: three packages.
set(CPACK_PACKAGE_NAME cassplan)
set(CPACK_PACKAGE_VENDOR "cassplan")
set(CPACK_PACKAGE_CONTACT "cassplan maintainers <cassplan@example.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Plans safe changes of Apache Cassandra clusters")
set(CPACK_RESOURCE_FILE_LICENSE "${PROJECT_SOURCE_DIR}/LICENSE")
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL runtime dev)
if(TARGET cassplan)
  list(APPEND CPACK_COMPONENTS_ALL tools)
endif()
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_ENABLE_COMPONENT_DEPENDS ON)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME libcassplan0)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_DEV_PACKAGE_NAME libcassplan-dev)
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
# A host of the C API does not need them; the C++ library does.
set(CPACK_DEBIAN_DEV_PACKAGE_RECOMMENDS "libabsl-dev, libprotobuf-dev")
set(CPACK_DEBIAN_DEV_PACKAGE_SHLIBDEPS OFF)
set(CPACK_DEBIAN_TOOLS_PACKAGE_NAME cassplan)
set(CPACK_DEBIAN_TOOLS_PACKAGE_SECTION admin)
include(CPack)
cpack_add_component(runtime DESCRIPTION "The shared library with the C API.")
cpack_add_component(dev DESCRIPTION "Headers, the C++ archive and the schema." DEPENDS runtime)
cpack_add_component(tools DESCRIPTION "The cassplan command: reads files, plans, prints.")
