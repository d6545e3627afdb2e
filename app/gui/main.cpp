// SPDX-License-Identifier: GPL-3.0-or-later
// The window program: `bitfront [MODEL [INPUTS] | RUN_FOLDER | --demo]`.
#include "app/gui/main_window.h"
#include "core/engine/engine_loader.h"
#ifdef BITFRONT_DBUS
#include "app/gui/dbus_desktop.h"
#endif

#include <QApplication>
#include <QCommandLineParser>
#include <QSettings>

#include <chrono>
#include <cstdlib>
#include <thread>

namespace {

/// Nothing is left to save once the window is closed, but a forward pass may run for as long as it
/// likes, and joining its thread would keep an invisible process alive. After this long we go.
constexpr auto kPatience = std::chrono::seconds(2);

void leaveSoon(int exitCode)
{
    std::thread([exitCode] {
        std::this_thread::sleep_for(kPatience);
        std::_Exit(exitCode);
    }).detach();
}

} // namespace

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("Bitfront"));
    QApplication::setOrganizationName(QStringLiteral("bitfront"));
    QApplication::setApplicationVersion(QStringLiteral(BITFRONT_VERSION));
    QApplication::setWindowIcon(bitfront::applicationIcon());

    QCommandLineParser parser;
    parser.setApplicationDescription(
        QApplication::translate("main", "Explore how small a neural network can get."));
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption demo(QStringLiteral("demo"),
                                  QApplication::translate("main", "Open the demo."));
    parser.addOption(demo);
    parser.addPositionalArgument(QStringLiteral("path"),
                                 QApplication::translate("main", "A model or a run folder."),
                                 QStringLiteral("[path]"));
    parser.addPositionalArgument(QStringLiteral("inputs"),
                                 QApplication::translate("main", "Inputs for the model."),
                                 QStringLiteral("[inputs]"));
    parser.process(application);

    QSettings settings;
    bitfront::MainWindow window(bitfront::loadEngine, settings);
    window.setup().setTimingFile(bitfront::timingFile());
#ifdef BITFRONT_DBUS
    window.setDesktop(std::make_unique<bitfront::DBusDesktop>());
#endif
    window.show();
    if (parser.isSet(demo))
        window.openDemo();
    else if (!parser.positionalArguments().isEmpty())
        window.openFromCommandLine(parser.positionalArguments().value(0),
                                   parser.positionalArguments().value(1));
    const int exitCode = QApplication::exec();
    settings.sync();
    leaveSoon(exitCode);
    return exitCode;
}
