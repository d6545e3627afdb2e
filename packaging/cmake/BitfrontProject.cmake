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
  # The sloppiness lets it cache what was compiled with precompiled headers.
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros "${BITFRONT_CCACHE}")
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

# Headers of others that are read once for many files (precompiled). Ours are not among them, so that a change compiles
# its users alone; every file still includes what it uses.
set(BITFRONT_COMMON_HEADERS <algorithm> <array> <chrono> <cmath> <cstdint> <functional> <map> <memory> <mutex> <optional>
  <set> <span> <string> <thread> <unordered_map> <variant> <vector>)

# bitfront_use_widgets(TARGET): settings of a library that draws. The first one's precompiled headers serve them all.
function(bitfront_use_widgets target)
  set_target_properties(${target} PROPERTIES AUTOMOC ON)
  target_compile_definitions(${target} PRIVATE QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII
    QT_DISABLE_DEPRECATED_BEFORE=0x060400)
  bitfront_share_headers(widgets ${target} <QtWidgets>)
endfunction()

# bitfront_share_headers(GROUP TARGET header...): precompiled headers, made by the group's first target, shared by the others
# (whose settings must be alike).
function(bitfront_share_headers group target)
  get_property(owner GLOBAL PROPERTY BITFRONT_HEADERS_${group})
  if(owner)
    target_precompile_headers(${target} REUSE_FROM ${owner})
  else()
    target_precompile_headers(${target} PRIVATE ${ARGN} ${BITFRONT_COMMON_HEADERS})
    set_property(GLOBAL PROPERTY BITFRONT_HEADERS_${group} ${target})
  endif()
endfunction()

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
  if("gui" IN_LIST ARG_LABELS)
    bitfront_share_headers(gui_tests ${test_name} <QtTest> <QtWidgets>)
  elseif(NOT "cli" IN_LIST ARG_LABELS) # few, and Qt Test's own settings differ by folder
    bitfront_share_headers(tests ${test_name} <QtTest>)
  endif()
  add_test(NAME ${test_name} COMMAND ${test_name})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  set_tests_properties(${test_name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT}
    ENVIRONMENT "QT_QPA_PLATFORM=offscreen;OMP_NUM_THREADS=1")
endfunction()
