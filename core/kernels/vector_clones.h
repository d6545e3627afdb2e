// SPDX-License-Identifier: GPL-3.0-or-later
// Marks hot loops to be compiled once per vector width and picked at program start. Every variant
// gives the same bits: only the width differs, multiply-add is never contracted.
#pragma once

// Sanitizers run before indirect functions are resolved, and the mechanism is GNU/Linux on x86-64
// only.
#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__)          \
    && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define BITFRONT_VECTOR_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define BITFRONT_VECTOR_CLONES
#endif

/// Helpers of such loops must become part of them, or they would run at the narrowest width.
#define BITFRONT_INLINE inline __attribute__((always_inline))
/// The same for a lambda, between its parameters and its body.
#define BITFRONT_INLINE_LAMBDA __attribute__((always_inline))
