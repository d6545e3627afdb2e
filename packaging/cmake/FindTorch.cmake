# SPDX-License-Identifier: GPL-3.0-or-later
# Finds LibTorch by its files and defines the target `torch`: the CPU part only. LibTorch's own
# TorchConfig.cmake demands a CUDA toolkit of everybody who has a CUDA build, and pip installs CUDA
# builds by default; Bitfront computes on the CPU and links any build without one.
# Sets TORCH_INCLUDE_DIRS. Searches CMAKE_PREFIX_PATH, e.g. <site-packages>/torch.
find_path(TORCH_INCLUDE_DIR torch/script.h
  PATH_SUFFIXES include include/torch/csrc/api/include)
find_library(TORCH_CPU_LIBRARY torch_cpu)
find_library(TORCH_C10_LIBRARY c10)
mark_as_advanced(TORCH_INCLUDE_DIR TORCH_CPU_LIBRARY TORCH_C10_LIBRARY)

if(TORCH_INCLUDE_DIR)
  # script.h lies in a folder of its own below the headers of everything else.
  string(REGEX REPLACE "/torch/csrc/api/include$" "" TORCH_INCLUDE_ROOT "${TORCH_INCLUDE_DIR}")
  set(TORCH_INCLUDE_DIRS "${TORCH_INCLUDE_ROOT}" "${TORCH_INCLUDE_ROOT}/torch/csrc/api/include")
  foreach(header IN ITEMS torch/headeronly/version.h torch/csrc/api/include/torch/version.h)
    if(NOT Torch_VERSION AND EXISTS "${TORCH_INCLUDE_ROOT}/${header}")
      file(STRINGS "${TORCH_INCLUDE_ROOT}/${header}" lines REGEX "define TORCH_VERSION_(MAJOR|MINOR|PATCH) ")
      list(TRANSFORM lines REPLACE "[^0-9]+" "")
      list(JOIN lines "." Torch_VERSION)
    endif()
  endforeach()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Torch
  REQUIRED_VARS TORCH_CPU_LIBRARY TORCH_C10_LIBRARY TORCH_INCLUDE_DIR
  VERSION_VAR Torch_VERSION
  REASON_FAILURE_MESSAGE "Set CMAKE_PREFIX_PATH to LibTorch's folder, e.g. <site-packages>/torch.")

if(Torch_FOUND AND NOT TARGET torch)
  add_library(torch_c10 SHARED IMPORTED)
  set_target_properties(torch_c10 PROPERTIES IMPORTED_LOCATION "${TORCH_C10_LIBRARY}")
  add_library(torch SHARED IMPORTED)
  set_target_properties(torch PROPERTIES
    IMPORTED_LOCATION "${TORCH_CPU_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${TORCH_INCLUDE_DIRS}"
    INTERFACE_LINK_LIBRARIES torch_c10)
endif()
