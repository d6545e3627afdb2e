// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/cli/cli_process.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>

#include <poll.h>
#include <pty.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace bitfront::test {

namespace {

constexpr int kTimeoutMs = 90000;

int exitCodeOf(int status)
{
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// Reads what arrives within 100 ms; false at the end.
bool readSome(int terminal, QByteArray& text)
{
    pollfd waiting {terminal, POLLIN, 0};
    if (poll(&waiting, 1, 100) <= 0)
        return true;
    char buffer[4096];
    const ssize_t count = read(terminal, buffer, sizeof buffer);
    if (count <= 0) // EIO: the program has closed its side
        return false;
    text.append(buffer, static_cast<qsizetype>(count));
    return true;
}

} // namespace

QString cliProgram()
{
    return QStringLiteral(BITFRONT_BIN "/bitfront-cli");
}

QString demoFile(const QString& name)
{
    return QStringLiteral(BITFRONT_RESOURCES "/demo/") + name;
}

QString modelFile(const QString& name)
{
    return QStringLiteral(BITFRONT_TEST_DATA "/models/") + name;
}

QString ownFile(const QString& name)
{
    return QStringLiteral(BITFRONT_TEST_DATA "/../cli/data/") + name;
}

CliResult runCli(const QStringList& arguments, const QStringList& environment)
{
    QProcess process;
    process.setProcessEnvironment(QProcessEnvironment::systemEnvironment());
    QProcessEnvironment variables = process.processEnvironment();
    // What sweeps of tests took is for nobody to learn from.
    const QTemporaryDir cache;
    variables.insert(QStringLiteral("BITFRONT_CACHE_DIR"), cache.path());
    for (const QString& one : environment)
        variables.insert(one.section('=', 0, 0), one.section('=', 1));
    process.setProcessEnvironment(variables);
    process.setStandardInputFile(QProcess::nullDevice());
    process.start(cliProgram(), arguments);
    CliResult result;
    if (process.waitForFinished(kTimeoutMs) && process.exitStatus() == QProcess::NormalExit)
        result.exitCode = process.exitCode();
    process.kill();
    process.waitForFinished();
    result.out = QString::fromUtf8(process.readAllStandardOutput());
    result.err = QString::fromUtf8(process.readAllStandardError());
    return result;
}

CliResult runCliOnTerminal(const QStringList& arguments, const QByteArray& prompt,
                           const QByteArray& input)
{
    std::vector<std::string> words {cliProgram().toStdString()};
    for (const QString& argument : arguments)
        words.push_back(argument.toStdString());
    std::vector<char*> argv;
    for (std::string& word : words)
        argv.push_back(word.data());
    argv.push_back(nullptr);

    int terminal = -1;
    const pid_t child = forkpty(&terminal, nullptr, nullptr, nullptr);
    if (child == 0) {
        setenv("TERM", "xterm", 1);
        execv(argv.front(), argv.data());
        _exit(127);
    }
    QByteArray text;
    bool typed = false;
    QElapsedTimer timer;
    timer.start();
    while (readSome(terminal, text) && timer.elapsed() < kTimeoutMs) {
        if (!typed && text.contains(prompt)) {
            typed = true;
            if (write(terminal, input.constData(), static_cast<size_t>(input.size())) < 0)
                break;
        }
    }
    if (timer.elapsed() >= kTimeoutMs)
        kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    close(terminal);
    return {exitCodeOf(status), QString::fromUtf8(text), {}};
}

QString fileText(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

QJsonObject jsonOf(const QString& text)
{
    return QJsonDocument::fromJson(text.toUtf8()).object();
}

QList<QJsonObject> jsonLines(const QString& text)
{
    QList<QJsonObject> objects;
    for (const QString& line : text.split('\n', Qt::SkipEmptyParts))
        objects.append(jsonOf(line));
    return objects;
}

} // namespace bitfront::test
