# SPDX-License-Identifier: GPL-3.0-or-later
# Settings that every target of the project shares.
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")

find_program(BITFRONT_CCACHE ccache)
if(BITFRONT_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${BITFRONT_CCACHE}")
endif()

add_library(bitfront_settings INTERFACE)
target_include_directories(bitfront_settings INTERFACE "${PROJECT_SOURCE_DIR}")
# No fused multiply-add behind our back: kernels are compared to the last bit on every machine.
target_compile_options(bitfront_settings INTERFACE -ffp-contract=off -Wall -Wextra -Wpedantic -Wshadow
  -Wnon-virtual-dtor -Woverloaded-virtual -Wundef $<$<BOOL:${BITFRONT_WERROR}>:-Werror>)
target_compile_definitions(bitfront_settings INTERFACE BITFRONT_VERSION="${PROJECT_VERSION}")
if(BITFRONT_SANITIZE)
  list(JOIN BITFRONT_SANITIZE "," BITFRONT_SANITIZERS)
  target_compile_options(bitfront_settings INTERFACE -fsanitize=${BITFRONT_SANITIZERS} -fno-omit-frame-pointer)
  target_link_options(bitfront_settings INTERFACE -fsanitize=${BITFRONT_SANITIZERS})
endif()

# bitfront_add_test(NAME LABELS label... [LIBRARIES lib...]): one Qt Test program from NAME.cpp.
function(bitfront_add_test test_name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "LABELS;LIBRARIES;SOURCES" ${ARGN})
  add_executable(${test_name} ${test_name}.cpp ${ARG_SOURCES})
  set_target_properties(${test_name} PROPERTIES AUTOMOC ON)
  target_link_libraries(${test_name} PRIVATE bitfront_settings Qt6::Test ${ARG_LIBRARIES})
  target_compile_definitions(${test_name} PRIVATE
    BITFRONT_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data"
    BITFRONT_RESOURCES="${PROJECT_SOURCE_DIR}/resources"
    BITFRONT_BIN="${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
  add_test(NAME ${test_name} COMMAND ${test_name})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  set_tests_properties(${test_name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT}
    ENVIRONMENT "QT_QPA_PLATFORM=offscreen;OMP_NUM_THREADS=1")
endfunction()
