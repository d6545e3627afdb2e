// SPDX-License-Identifier: GPL-3.0-or-later
// Where files are: the demo that comes with the program, and where a run is written by default.
#pragma once

#include <QString>

#include <optional>

namespace bitfront {

struct DemoFiles
{
    QString model, inputs;
};

/// The demo beside the program: $BITFRONT_DATA_DIR, the source tree of a build, share/bitfront of
/// an installation, in this order.
std::optional<DemoFiles> findDemo();
/// "<model>.bitfront" beside the model; below the user's data folder for the demo, and for models
/// in folders that cannot be written.
QString defaultRunFolder(const QString& modelPath);
/// A folder under the name that a run has: absolute and clean.
QString absoluteFolder(const QString& path);
/// Whether a path is (inside) the demo folder.
bool isDemoFile(const QString& path);

} // namespace bitfront
