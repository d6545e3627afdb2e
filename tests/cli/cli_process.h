// SPDX-License-Identifier: GPL-3.0-or-later
// bitfront-cli as a process, as scripts see it: arguments in, exit code and both streams out.
#pragma once

#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QString>
#include <QStringList>

namespace bitfront::test {

struct CliResult
{
    int exitCode = -1; ///< -1: crashed, did not start, or ran too long
    QString out, err;
};

/// The program under test.
QString cliProgram();
/// "resources/demo/NAME", "tests/data/models/NAME", "tests/cli/data/NAME".
QString demoFile(const QString& name);
QString modelFile(const QString& name);
QString ownFile(const QString& name);

/// Runs to the end, without a terminal. `environment` are further variables, "NAME=value".
CliResult runCli(const QStringList& arguments, const QStringList& environment = {});
/// Runs on a pseudo terminal and types `input` once `prompt` appears; out holds both streams.
CliResult runCliOnTerminal(const QStringList& arguments, const QByteArray& prompt,
                           const QByteArray& input);

/// Whole file as text; empty when it cannot be read.
QString fileText(const QString& path);
/// The object that `text` is; an empty one when it is none.
QJsonObject jsonOf(const QString& text);
/// Lines of a JSON Lines text as objects; a line that is none becomes an empty object.
QList<QJsonObject> jsonLines(const QString& text);

} // namespace bitfront::test
