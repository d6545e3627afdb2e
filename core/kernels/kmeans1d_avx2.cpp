// SPDX-License-Identifier: GPL-3.0-or-later
// AVX2 inner loops of the least-weight-subsequence pass, chosen at run time.
#include "core/kernels/kmeans1d_lws.h"

#include <algorithm>
#include <limits>

#if defined(__x86_64__)
#include <immintrin.h>
#define BITFRONT_AVX2 __attribute__((target("avx2")))
#endif

namespace bitfront::detail {

#if defined(__x86_64__)

namespace {

/// Least value of four lanes, and the least index of those that hold it.
BITFRONT_AVX2 inline std::int32_t firstOfLeast(__m256d values, __m256d indices, double& best)
{
    const __m256d halves = _mm256_min_pd(values, _mm256_permute2f128_pd(values, values, 1));
    const __m256d least = _mm256_min_pd(halves, _mm256_permute_pd(halves, 5));
    const __m256d others = _mm256_cmp_pd(values, least, _CMP_NEQ_OQ);
    const __m256d far = _mm256_set1_pd(std::numeric_limits<double>::max());
    const __m256d held = _mm256_blendv_pd(indices, far, others);
    const __m256d pair = _mm256_min_pd(held, _mm256_permute2f128_pd(held, held, 1));
    best = _mm256_cvtsd_f64(least);
    return _mm_cvttsd_si32(_mm256_castpd256_pd128(_mm256_min_pd(pair, _mm256_permute_pd(pair, 5))));
}

BITFRONT_AVX2 std::int32_t argminAvx2(const LwsState& s, const double* candidates, std::int32_t low,
                                      std::int32_t high, std::int32_t end, double& best)
{
    const double* massAt = s.mass.data();
    const double* momentAt = s.moments.data();
    const double mass = massAt[end], moment = momentAt[end];
    if (high - low < 3) {
        std::int32_t first = low;
        best = std::numeric_limits<double>::max();
        for (std::int32_t i = low; i <= high; ++i) {
            const double m = mass - massAt[i], t = moment - momentAt[i];
            const double value = candidates[i] - t * t / m;
            if (value < best) {
                best = value;
                first = i;
            }
        }
        return first;
    }
    __m256d lowest = _mm256_set1_pd(std::numeric_limits<double>::max());
    __m256d where = _mm256_setzero_pd();
    const __m256d massV = _mm256_set1_pd(mass), momentV = _mm256_set1_pd(moment);
    const __m256d lanes = _mm256_setr_pd(0, 1, 2, 3);
    for (std::int32_t i = low; i <= high; i += 4) {
        i = std::min(i, high - 3); // the last four: some of them a second time
        const __m256d m = _mm256_sub_pd(massV, _mm256_loadu_pd(massAt + i));
        const __m256d t = _mm256_sub_pd(momentV, _mm256_loadu_pd(momentAt + i));
        const __m256d gain = _mm256_div_pd(_mm256_mul_pd(t, t), m);
        const __m256d value = _mm256_sub_pd(_mm256_loadu_pd(candidates + i), gain);
        const __m256d less = _mm256_cmp_pd(value, lowest, _CMP_LT_OQ);
        lowest = _mm256_blendv_pd(lowest, value, less);
        where = _mm256_blendv_pd(where, _mm256_add_pd(_mm256_set1_pd(i), lanes), less);
    }
    return firstOfLeast(lowest, where, best);
}

/// Rows as lanes, candidates one after another; kVectors × 4 rows at once.
template<int kVectors>
BITFRONT_AVX2 inline void rowsOf(const LwsState& s, const LwsRows& rows, std::int32_t first,
                                 std::int32_t low, std::int32_t high, double lambda)
{
    const double* massAt = s.mass.data();
    const double* momentAt = s.moments.data();
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
        const __m256d reducedC = _mm256_broadcast_sd(rows.candidates + c);
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
        _mm256_storeu_pd(rows.reduced + j, reduced);
        if (rows.price != nullptr)
            _mm256_storeu_pd(rows.price + j,
                             _mm256_add_pd(reduced, _mm256_loadu_pd(s.squares.data() + j)));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(rows.origin + j),
                         _mm256_cvttpd_epi32(where[v]));
    }
}

BITFRONT_AVX2 void rowsAvx2(const LwsState& s, const LwsRows& rows, std::int32_t first,
                            std::int32_t count, std::int32_t low, std::int32_t high, double lambda)
{
    if (count == 8)
        rowsOf<2>(s, rows, first, low, high, lambda);
    else
        rowsOf<1>(s, rows, first, low, high, lambda);
}

/// Four clusters whose means grow point by point; lanes whose cluster has ended stand still.
struct MeanLanes
{
    __m128i next, left; ///< point, and how many
    __m256d mean, before, sum; ///< Σw before the cluster and before the point
};

BITFRONT_AVX2 inline void addPoints(MeanLanes& lanes, const double* values, const double* mass)
{
    const __m128i some = _mm_cmpgt_epi32(lanes.left, _mm_setzero_si128());
    const __m256d active = _mm256_castsi256_pd(_mm256_cvtepi32_epi64(some));
    const __m256d value =
        _mm256_mask_i32gather_pd(_mm256_setzero_pd(), values, lanes.next, active, 8);
    const __m256d sum = _mm256_mask_i32gather_pd(lanes.sum, mass + 1, lanes.next, active, 8);
    const __m256d weight = _mm256_sub_pd(sum, lanes.sum);
    const __m256d moved = _mm256_mul_pd(_mm256_sub_pd(value, lanes.mean), weight);
    const __m256d step = _mm256_div_pd(moved, _mm256_sub_pd(sum, lanes.before));
    lanes.mean = _mm256_blendv_pd(lanes.mean, _mm256_add_pd(lanes.mean, step), active);
    lanes.sum = sum;
    lanes.next = _mm_add_epi32(lanes.next, _mm_set1_epi32(1));
    lanes.left = _mm_sub_epi32(lanes.left, _mm_set1_epi32(1));
}

BITFRONT_AVX2 void meansAvx2(const double* values, const double* mass, std::int32_t points,
                             std::span<const std::int32_t> starts, double* means)
{
    constexpr std::size_t kVectors = 2, kLanes = 4 * kVectors;
    for (std::size_t k = 0; k < starts.size(); k += kLanes) {
        alignas(16) std::int32_t begin[kLanes] = {}, length[kLanes] = {};
        std::int32_t longest = 0;
        for (std::size_t c = k; c < std::min(k + kLanes, starts.size()); ++c) {
            begin[c - k] = starts[c];
            length[c - k] = (c + 1 < starts.size() ? starts[c + 1] : points) - starts[c];
            longest = std::max(longest, length[c - k]);
        }
        MeanLanes lanes[kVectors];
        for (std::size_t v = 0; v < kVectors; ++v) {
            lanes[v].next = _mm_load_si128(reinterpret_cast<const __m128i*>(begin + 4 * v));
            lanes[v].left = _mm_load_si128(reinterpret_cast<const __m128i*>(length + 4 * v));
            lanes[v].mean = _mm256_setzero_pd();
            const std::int32_t* at = begin + 4 * v;
            lanes[v].before = lanes[v].sum =
                _mm256_setr_pd(mass[at[0]], mass[at[1]], mass[at[2]], mass[at[3]]);
        }
        for (std::int32_t i = 0; i < longest; ++i)
            for (MeanLanes& four : lanes)
                addPoints(four, values, mass);
        alignas(32) double found[kLanes];
        for (std::size_t v = 0; v < kVectors; ++v)
            _mm256_store_pd(found + 4 * v, lanes[v].mean);
        std::copy_n(found, std::min(kLanes, starts.size() - k), means + k);
    }
}

} // namespace

const LwsKernels* avx2LwsKernels()
{
    static constexpr LwsKernels kernels {argminAvx2, rowsAvx2, meansAvx2};
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
