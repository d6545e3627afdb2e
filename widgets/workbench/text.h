// SPDX-License-Identifier: GPL-3.0-or-later
// Small conversions between the core's strings and paths and Qt's, and numbers as the window writes
// them.
#pragma once

#include "core/plan/input_options.h"
#include "core/plan/result.h"
#include "widgets/plot_scene.h"

#include <QString>

#include <filesystem>
#include <string_view>

namespace bitfront {

inline QString toQString(std::string_view text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}
inline QString pathText(const std::filesystem::path& path)
{
    return QString::fromStdString(path.string());
}
inline std::filesystem::path toPath(const QString& text)
{
    return {text.toStdString()};
}

/// "dB", or empty for IoU.
QString metricUnit(Metric metric);
/// A quality without its unit: "50.6", "0.912", "∞", "—" when not a number. See qualityWithUnit().
QString qualityText(double value, Metric metric);
/// "2.44×"
QString ratioText(double ratio);
/// "0.125": MiB with three decimals (one from 100 on).
QString megabytesText(double megabytes);
/// "159,770" in the user's locale.
QString countText(qint64 count);
/// "1.5 GB", "340 MB".
QString memoryText(quint64 bytes);
/// "1.8 s", "24 s", "1 min 24 s": a measured time.
QString elapsedText(double ms);
/// File or folder of inputs without its path: "digits.npz", "cat.png and 3 more", "Examples in the
/// model file".
QString inputsNameText(const QString& path, const InputOptions& options);
/// The last two components of a path, for narrow places: "models/digits_cnn.pt".
QString shortPath(const QString& path);

} // namespace bitfront
