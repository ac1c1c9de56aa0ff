# Targets of this project. Every dependency is listed where the target is made, so that the linker and
# tests/layers_test.py can check the direction base -> model -> placement -> ring -> planner -> ...

find_program(CASSPLAN_CCACHE ccache)
if(CASSPLAN_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CASSPLAN_CCACHE}")
endif()

set(CASSPLAN_WARNINGS
    -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wold-style-cast -Wcast-align
    -Wconversion -Wsign-conversion -Wdouble-promotion -Wformat=2 -Wimplicit-fallthrough)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  list(APPEND CASSPLAN_WARNINGS -Wduplicated-cond -Wlogical-op -Wsuggest-override)
endif()
if(CASSPLAN_WERROR)
  list(APPEND CASSPLAN_WARNINGS -Werror)
endif()

function(cassplan_target_defaults target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON)
  target_compile_options(${target} PRIVATE ${CASSPLAN_WARNINGS})
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}")
  if(CASSPLAN_SANITIZE)
    target_compile_options(${target} PUBLIC -fsanitize=${CASSPLAN_SANITIZE} -fno-sanitize-recover=all
                                            -fno-omit-frame-pointer)
    target_link_options(${target} PUBLIC -fsanitize=${CASSPLAN_SANITIZE})
  endif()
endfunction()

# cassplan_add_library(NAME planner DEPS cassplan::ring absl::status SOURCES a.cc b.cc)
function(cassplan_add_library)
  cmake_parse_arguments(ARG "" "NAME" "DEPS;PRIVATE_DEPS;SOURCES" ${ARGN})
  add_library(cassplan_${ARG_NAME} STATIC ${ARG_SOURCES})
  add_library(cassplan::${ARG_NAME} ALIAS cassplan_${ARG_NAME})
  cassplan_target_defaults(cassplan_${ARG_NAME})
  target_link_libraries(cassplan_${ARG_NAME} PUBLIC ${ARG_DEPS} PRIVATE ${ARG_PRIVATE_DEPS})
endfunction()

# cassplan_add_test(NAME planner_test DEPS cassplan::planner LABELS unit SOURCES a_test.cc b_test.cc): one program, one
# ctest entry per TEST.
function(cassplan_add_test)
  if(NOT CASSPLAN_BUILD_TESTS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "NAME;TIMEOUT" "DEPS;LABELS;SOURCES" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 1200)  # with sanitizers on a busy machine
  endif()
  if(NOT ARG_LABELS)
    set(ARG_LABELS unit)
  endif()
  add_executable(${ARG_NAME} ${ARG_SOURCES})
  cassplan_target_defaults(${ARG_NAME})
  target_compile_definitions(${ARG_NAME} PRIVATE CASSPLAN_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(${ARG_NAME} PRIVATE ${ARG_DEPS} GTest::gmock GTest::gtest_main)
  add_test(NAME ${ARG_NAME} COMMAND ${ARG_NAME})
  set_tests_properties(${ARG_NAME} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT})
endfunction()
