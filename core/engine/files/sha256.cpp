// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/files/sha256.h"

#include <array>
#include <bit>
#include <cstring>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

namespace bitfront {

namespace {

constexpr std::size_t kBlockBytes = 64;
constexpr std::size_t kLengthBytes = 8;

constexpr std::array<std::uint32_t, 64> kRound {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

using State = std::array<std::uint32_t, 8>;

std::uint32_t bigEndian(const std::uint8_t* p)
{
    return std::uint32_t {p[0]} << 24 | std::uint32_t {p[1]} << 16 | std::uint32_t {p[2]} << 8
        | p[3];
}

void addBlock(State& state, const std::uint8_t* block)
{
    std::array<std::uint32_t, 64> w;
    for (std::size_t i = 0; i < 16; ++i)
        w[i] = bigEndian(block + 4 * i);
    for (std::size_t i = 16; i < 64; ++i) {
        const std::uint32_t s0 =
            std::rotr(w[i - 15], 7) ^ std::rotr(w[i - 15], 18) ^ (w[i - 15] >> 3);
        const std::uint32_t s1 =
            std::rotr(w[i - 2], 17) ^ std::rotr(w[i - 2], 19) ^ (w[i - 2] >> 10);
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    auto [a, b, c, d, e, f, g, h] = state;
    for (std::size_t i = 0; i < 64; ++i) {
        const std::uint32_t s1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
        const std::uint32_t t1 = h + s1 + ((e & f) ^ (~e & g)) + kRound[i] + w[i];
        const std::uint32_t s0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
        const std::uint32_t t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
        h = g;
        g = f;
        f = e;
        e = d + t1;
        d = c;
        c = b;
        b = a;
        a = t1 + t2;
    }
    const State sum {a, b, c, d, e, f, g, h};
    for (std::size_t i = 0; i < state.size(); ++i)
        state[i] += sum[i];
}

void addBlocks(State& state, const std::uint8_t* data, std::size_t blocks)
{
    for (std::size_t i = 0; i < blocks; ++i)
        addBlock(state, data + i * kBlockBytes);
}

#if defined(__x86_64__)

bool hasShaInstructions()
{
    static const bool supported = [] {
        unsigned a = 0, b = 0, c = 0, d = 0;
        constexpr unsigned kSha = 1U << 29;
        return __builtin_cpu_supports("ssse3") && __builtin_cpu_supports("sse4.1")
            && __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & kSha) != 0;
    }();
    return supported;
}

/// The same by the instructions made for it, which keep the state as (A, B, E, F) and (C, D, G, H).
__attribute__((target("sha,ssse3,sse4.1"))) void
addBlocksFast(State& state, const std::uint8_t* data, std::size_t blocks)
{
    auto* words = reinterpret_cast<__m128i*>(state.data());
    const __m128i cdab = _mm_shuffle_epi32(_mm_loadu_si128(words), 0xb1);
    const __m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128(words + 1), 0x1b);
    __m128i abef = _mm_alignr_epi8(cdab, efgh, 8), cdgh = _mm_blend_epi16(efgh, cdab, 0xf0);
    const __m128i bigEndianWords = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    for (std::size_t block = 0; block < blocks; ++block, data += kBlockBytes) {
        const __m128i abefBefore = abef, cdghBefore = cdgh;
        __m128i w[4]; // four words each, of the last sixteen
        for (std::size_t i = 0; i < 4; ++i)
            w[i] = _mm_shuffle_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(data) + i),
                                    bigEndianWords);
        for (std::size_t i = 0; i < 16; ++i) {
            const auto* round = reinterpret_cast<const __m128i*>(kRound.data()) + i;
            const __m128i sum = _mm_add_epi32(w[i % 4], _mm_loadu_si128(round));
            cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
            abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0e));
            const __m128i &second = w[(i + 1) % 4], &third = w[(i + 2) % 4], &last = w[(i + 3) % 4];
            const __m128i partial = _mm_add_epi32(_mm_sha256msg1_epu32(w[i % 4], second),
                                                  _mm_alignr_epi8(last, third, 4));
            w[i % 4] = _mm_sha256msg2_epu32(partial, last); // beyond the 64 words: not looked at
        }
        abef = _mm_add_epi32(abef, abefBefore);
        cdgh = _mm_add_epi32(cdgh, cdghBefore);
    }
    const __m128i feba = _mm_shuffle_epi32(abef, 0x1b), dchg = _mm_shuffle_epi32(cdgh, 0xb1);
    _mm_storeu_si128(words, _mm_blend_epi16(feba, dchg, 0xf0));
    _mm_storeu_si128(words + 1, _mm_alignr_epi8(dchg, feba, 8));
}

#endif

} // namespace

std::string sha256Hex(std::span<const std::uint8_t> bytes, [[maybe_unused]] bool portable)
{
    auto* add = addBlocks;
#if defined(__x86_64__)
    if (!portable && hasShaInstructions())
        add = addBlocksFast;
#endif
    State state {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    const std::size_t done = bytes.size() / kBlockBytes * kBlockBytes;
    add(state, bytes.data(), bytes.size() / kBlockBytes);

    // The tail: remaining bytes, a one bit, zeros, the length in bits.
    std::array<std::uint8_t, 2 * kBlockBytes> tail {};
    const std::size_t rest = bytes.size() - done;
    if (rest > 0)
        std::memcpy(tail.data(), bytes.data() + done, rest);
    tail[rest] = 0x80;
    const std::size_t tailBytes =
        rest + 1 + kLengthBytes <= kBlockBytes ? kBlockBytes : 2 * kBlockBytes;
    const std::uint64_t bits = std::uint64_t {bytes.size()} * 8;
    for (std::size_t i = 0; i < kLengthBytes; ++i)
        tail[tailBytes - 1 - i] = static_cast<std::uint8_t>(bits >> (8 * i));
    add(state, tail.data(), tailBytes / kBlockBytes);

    std::string hex;
    for (const std::uint32_t word : state)
        for (int shift = 28; shift >= 0; shift -= 4)
            hex += "0123456789abcdef"[(word >> shift) & 15];
    return hex;
}

} // namespace bitfront
