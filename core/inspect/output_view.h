// SPDX-License-Identifier: GPL-3.0-or-later
// One output of the model before and after compression: what it looks like, which samples suffered
// most, how its errors are spread.
#pragma once

#include "core/inspect/value_bins.h"
#include "core/plan/result.h"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace bitfront {

/// How an output is best looked at.
enum class OutputForm
{
    Picture, ///< two long axes at the end: pixels, as many as a picture may have
    Mask, ///< the same, of zeros and ones
    Line ///< anything else: values in order
};

/// Quality of one sample.
struct SampleQuality
{
    std::int64_t sample = 0;
    double value = 0; ///< scale-free, as OutputQuality::value
};

/// A picture of one sample; planes are channels.
struct PictureShape
{
    std::int64_t planes = 1, height = 0, width = 0;
};

/// Values that several views look at.
using SharedValues = std::shared_ptr<const std::vector<float>>;

class OutputView
{
public:
    /// `baseline` and `compressed` are row-major values of `info.shape`; throws Error where their
    /// sizes do not fit.
    OutputView(OutputInfo info, Metric metric, SharedValues baseline,
               std::vector<float> compressed);
    OutputView(OutputInfo info, Metric metric, std::vector<float> baseline,
               std::vector<float> compressed);

    const OutputInfo& info() const { return m_info; }
    Metric metric() const { return m_metric; }
    OutputForm form() const { return m_form; }
    PictureShape picture() const { return m_picture; }
    /// Samples lie along axis 0; an output without axes, or with one only, is one sample.
    std::int64_t samples() const { return m_samples; }
    /// Every sample, the worst first; those that are not finite before all others.
    const std::vector<SampleQuality>& ranking() const { return m_ranking; }

    std::span<const float> baseline(std::int64_t sample) const;
    std::span<const float> compressed(std::int64_t sample) const;
    /// compressed − baseline of one sample.
    std::vector<float> difference(std::int64_t sample) const;
    /// Errors of one sample, or of all (−1), around zero.
    ValueBins errors(std::int64_t sample, int bins) const;
    /// Pixels of a mask that changed: share of all, 0…1.
    double disagreement(std::int64_t sample) const;
    /// Memory of its own: without the uncompressed values, which views share.
    std::uint64_t bytes() const;

private:
    void findForm();
    void rank();
    std::span<const float> part(const std::vector<float>& all, std::int64_t sample) const;

    OutputInfo m_info;
    Metric m_metric;
    SharedValues m_baseline;
    std::vector<float> m_compressed;
    std::int64_t m_samples = 1, m_perSample = 0;
    OutputForm m_form = OutputForm::Line;
    PictureShape m_picture;
    std::vector<SampleQuality> m_ranking;
};

} // namespace bitfront
