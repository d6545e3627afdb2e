// SPDX-License-Identifier: GPL-3.0-or-later
// AVX2 inner loops of the least-weight-subsequence pass, chosen at run time.
#include "core/kernels/kmeans1d_lws.h"

#include <limits>

#if defined(__x86_64__)
#include <immintrin.h>
#define BITFRONT_AVX2 __attribute__((target("avx2")))
#endif

namespace bitfront::detail {

#if defined(__x86_64__)

namespace {

BITFRONT_AVX2 std::int32_t argminAvx2(const LwsState& s, std::int32_t low, std::int32_t high,
                                      std::int32_t end, double& best)
{
    const double* massAt = s.mass.data();
    const double* momentAt = s.moments.data();
    const double* reducedAt = s.reduced.data();
    const double mass = massAt[end], moment = momentAt[end];
    std::int32_t i = low, first = low;
    best = std::numeric_limits<double>::max();
    if (high - low >= 7) {
        __m256d lowest = _mm256_set1_pd(best), where = _mm256_setzero_pd();
        __m256d index = _mm256_add_pd(_mm256_set1_pd(low), _mm256_setr_pd(0, 1, 2, 3));
        const __m256d massV = _mm256_set1_pd(mass), momentV = _mm256_set1_pd(moment);
        for (; i + 3 <= high; i += 4) {
            const __m256d m = _mm256_sub_pd(massV, _mm256_loadu_pd(massAt + i));
            const __m256d t = _mm256_sub_pd(momentV, _mm256_loadu_pd(momentAt + i));
            const __m256d gain = _mm256_div_pd(_mm256_mul_pd(t, t), m);
            const __m256d value = _mm256_sub_pd(_mm256_loadu_pd(reducedAt + i), gain);
            const __m256d less = _mm256_cmp_pd(value, lowest, _CMP_LT_OQ);
            lowest = _mm256_blendv_pd(lowest, value, less);
            where = _mm256_blendv_pd(where, index, less);
            index = _mm256_add_pd(index, _mm256_set1_pd(4));
        }
        alignas(32) double values[4], indices[4];
        _mm256_store_pd(values, lowest);
        _mm256_store_pd(indices, where);
        first = std::numeric_limits<std::int32_t>::max();
        for (int lane = 0; lane < 4; ++lane) {
            const auto position = static_cast<std::int32_t>(indices[lane]);
            if (values[lane] < best || (values[lane] == best && position < first)) {
                best = values[lane];
                first = position;
            }
        }
    }
    for (; i <= high; ++i) {
        const double m = mass - massAt[i], t = moment - momentAt[i];
        const double value = reducedAt[i] - t * t / m;
        if (value < best) {
            best = value;
            first = i;
        }
    }
    return first;
}

/// Rows as lanes, candidates one after another; kVectors × 4 rows at once.
template<int kVectors>
BITFRONT_AVX2 inline void rowsOf(LwsState& s, std::int32_t first, std::int32_t low,
                                 std::int32_t high, double lambda)
{
    const double* massAt = s.mass.data();
    const double* momentAt = s.moments.data();
    double* reducedAt = s.reduced.data();
    __m256d mass[kVectors], moment[kVectors], best[kVectors], where[kVectors];
    for (int v = 0; v < kVectors; ++v) {
        mass[v] = _mm256_loadu_pd(massAt + first + 4 * v);
        moment[v] = _mm256_loadu_pd(momentAt + first + 4 * v);
        best[v] = _mm256_set1_pd(std::numeric_limits<double>::max());
        where[v] = _mm256_set1_pd(low);
    }
    for (std::int32_t c = low; c <= high; ++c) {
        const __m256d massC = _mm256_broadcast_sd(massAt + c);
        const __m256d momentC = _mm256_broadcast_sd(momentAt + c);
        const __m256d reducedC = _mm256_broadcast_sd(reducedAt + c);
        const __m256d index = _mm256_set1_pd(c);
        for (int v = 0; v < kVectors; ++v) {
            const __m256d m = _mm256_sub_pd(mass[v], massC);
            const __m256d t = _mm256_sub_pd(moment[v], momentC);
            const __m256d gain = _mm256_div_pd(_mm256_mul_pd(t, t), m);
            const __m256d value = _mm256_sub_pd(reducedC, gain);
            const __m256d less = _mm256_cmp_pd(value, best[v], _CMP_LT_OQ);
            best[v] = _mm256_blendv_pd(best[v], value, less);
            where[v] = _mm256_blendv_pd(where[v], index, less);
        }
    }
    for (int v = 0; v < kVectors; ++v) {
        const std::int32_t j = first + 4 * v;
        const __m256d reduced = _mm256_add_pd(best[v], _mm256_set1_pd(lambda));
        const __m256d squares = _mm256_loadu_pd(s.squares.data() + j);
        _mm256_storeu_pd(reducedAt + j, reduced);
        _mm256_storeu_pd(s.price.data() + j, _mm256_add_pd(reduced, squares));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(s.origin.data() + j),
                         _mm256_cvttpd_epi32(where[v]));
    }
}

BITFRONT_AVX2 void rowsAvx2(LwsState& s, std::int32_t first, std::int32_t count, std::int32_t low,
                            std::int32_t high, double lambda)
{
    if (count == 8)
        rowsOf<2>(s, first, low, high, lambda);
    else
        rowsOf<1>(s, first, low, high, lambda);
}

} // namespace

const LwsKernels* avx2LwsKernels()
{
    static constexpr LwsKernels kernels {argminAvx2, rowsAvx2};
    static const bool supported = __builtin_cpu_supports("avx2");
    return supported ? &kernels : nullptr;
}

#else

const LwsKernels* avx2LwsKernels()
{
    return nullptr;
}

#endif

} // namespace bitfront::detail
