// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inspect/output_view.h"

#include "core/kernels/metrics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace bitfront {

namespace {

/// Shorter axes than this are features, not pixels.
constexpr std::int64_t kLeastPixels = 8;
/// Longer axes are vocabularies, not pixels.
constexpr std::int64_t kMostPixels = 8192;

} // namespace

OutputView::OutputView(OutputInfo info, Metric metric, std::vector<float> baseline,
                       std::vector<float> compressed)
    : OutputView(std::move(info), metric,
                 std::make_shared<const std::vector<float>>(std::move(baseline)),
                 std::move(compressed))
{
}

OutputView::OutputView(OutputInfo info, Metric metric, SharedValues baseline,
                       std::vector<float> compressed)
    : m_info(std::move(info))
    , m_metric(metric)
    , m_baseline(std::move(baseline))
    , m_compressed(std::move(compressed))
{
    const auto count = static_cast<std::size_t>(
        std::accumulate(m_info.shape.begin(), m_info.shape.end(), std::int64_t(1),
                        [](std::int64_t a, std::int64_t b) { return a * b; }));
    if (m_baseline->size() != count || m_compressed.size() != count || count == 0)
        throw Error(ErrorCode::Internal,
                    "Output '" + m_info.name + "' has another size than the uncompressed one.");
    if (m_info.shape.size() > 1)
        m_samples = m_info.shape.front();
    m_perSample = static_cast<std::int64_t>(count) / m_samples;
    findForm();
    rank();
}

void OutputView::findForm()
{
    const auto& shape = m_info.shape;
    const auto isSide = [](std::int64_t extent) {
        return extent >= kLeastPixels && extent <= kMostPixels;
    };
    if (shape.size() < 3 || !isSide(shape.back()) || !isSide(shape[shape.size() - 2]))
        return;
    m_picture.width = shape.back();
    m_picture.height = shape[shape.size() - 2];
    m_picture.planes = m_perSample / (m_picture.width * m_picture.height);
    m_form = m_info.binary || m_metric == Metric::Iou ? OutputForm::Mask : OutputForm::Picture;
}

void OutputView::rank()
{
    for (std::int64_t sample = 0; sample < m_samples; ++sample)
        m_ranking.push_back(
            {sample, measure(m_metric, compressed(sample), baseline(sample)).exact});
    std::ranges::stable_sort(m_ranking, [](const SampleQuality& a, const SampleQuality& b) {
        const bool aBroken = std::isnan(a.value), bBroken = std::isnan(b.value);
        return aBroken != bBroken ? aBroken : !aBroken && a.value < b.value;
    });
}

std::span<const float> OutputView::part(const std::vector<float>& all, std::int64_t sample) const
{
    return std::span(all).subspan(static_cast<std::size_t>(sample * m_perSample),
                                  static_cast<std::size_t>(m_perSample));
}

std::span<const float> OutputView::baseline(std::int64_t sample) const
{
    return part(*m_baseline, sample);
}

std::span<const float> OutputView::compressed(std::int64_t sample) const
{
    return part(m_compressed, sample);
}

std::vector<float> OutputView::difference(std::int64_t sample) const
{
    std::vector<float> result(compressed(sample).begin(), compressed(sample).end());
    const std::span<const float> before = baseline(sample);
    for (std::size_t i = 0; i < result.size(); ++i)
        result[i] -= before[i];
    return result;
}

ValueBins OutputView::errors(std::int64_t sample, int bins) const
{
    std::vector<float> all;
    if (sample >= 0) {
        all = difference(sample);
    } else {
        all = m_compressed;
        for (std::size_t i = 0; i < all.size(); ++i)
            all[i] -= (*m_baseline)[i];
    }
    const auto [low, high] = finiteRange(all);
    const double reach = std::max({std::abs(low), std::abs(high), 1e-9});
    return countValues(all, -reach, reach, bins);
}

std::uint64_t OutputView::bytes() const
{
    return m_compressed.size() * sizeof(float) + m_ranking.size() * sizeof(SampleQuality);
}

double OutputView::disagreement(std::int64_t sample) const
{
    const std::span<const float> before = baseline(sample), after = compressed(sample);
    std::size_t changed = 0;
    for (std::size_t i = 0; i < before.size(); ++i)
        changed += (before[i] > 0.5F) != (after[i] > 0.5F);
    return before.empty() ? 0 : double(changed) / double(before.size());
}

} // namespace bitfront
