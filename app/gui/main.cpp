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

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string_view>
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

/// What this program understands. Texts are translated only once there is an application.
class Arguments
{
public:
    Arguments()
        : demo(QStringLiteral("demo"), QCoreApplication::translate("main", "Open the demo."))
    {
        parser.setApplicationDescription(
            QCoreApplication::translate("main", "Explore how small a neural network can get."));
        parser.addHelpOption();
        parser.addVersionOption();
        parser.addOption(demo);
        parser.addPositionalArgument(
            QStringLiteral("path"), QCoreApplication::translate("main", "A model or a run folder."),
            QStringLiteral("[path]"));
        parser.addPositionalArgument(QStringLiteral("inputs"),
                                     QCoreApplication::translate("main", "Inputs for the model."),
                                     QStringLiteral("[inputs]"));
    }

    QCommandLineParser parser;
    QCommandLineOption demo;
};

bool asksOnlyForWords(int argc, char** argv)
{
    return std::any_of(argv + 1, argv + argc, [](std::string_view argument) {
        return argument == "-h" || argument == "--help" || argument == "--help-all"
            || argument == "-v" || argument == "--version";
    });
}

void introduce()
{
    QCoreApplication::setApplicationName(QStringLiteral("Bitfront"));
    QCoreApplication::setOrganizationName(QStringLiteral("bitfront"));
    QCoreApplication::setApplicationVersion(QStringLiteral(BITFRONT_VERSION));
}

} // namespace

int main(int argc, char** argv)
{
    introduce();
    if (asksOnlyForWords(argc, argv)) { // works where there is no display
        const QCoreApplication application(argc, argv);
        Arguments().parser.process(application);
    }
    QApplication application(argc, argv);
    QApplication::setWindowIcon(bitfront::applicationIcon());
    Arguments arguments;
    QCommandLineParser& parser = arguments.parser;
    parser.process(application);

    QSettings settings;
    bitfront::MainWindow window(bitfront::loadEngine, settings);
    window.setup().setTimingFile(bitfront::timingFile());
#ifdef BITFRONT_DBUS
    window.setDesktop(std::make_unique<bitfront::DBusDesktop>());
#endif
    window.show();
    if (parser.isSet(arguments.demo))
        window.openDemo();
    else if (!parser.positionalArguments().isEmpty())
        window.openFromCommandLine(parser.positionalArguments().value(0),
                                   parser.positionalArguments().value(1));
    const int exitCode = QApplication::exec();
    settings.sync();
    leaveSoon(exitCode);
    return exitCode;
}
