// SPDX-License-Identifier: GPL-3.0-or-later
// A locale with a decimal comma for tests: one that is installed, else one made on the spot.
#pragma once

#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>

#include <clocale>
#include <cstdlib>
#include <string_view>

namespace bitfront::test {

/// Makes the comma the decimal point of the C library for its lifetime. Minimal systems have no
/// such locale: there glibc's localedef compiles one into a temporary folder.
class CommaLocale
{
public:
    CommaLocale()
    {
        for (const char* name : {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE"})
            if (set(name))
                return;
        const QString compiler = QStandardPaths::findExecutable(
            QStringLiteral("localedef"), {QStringLiteral("/usr/bin"), QStringLiteral("/usr/sbin")});
        if (compiler.isEmpty() || !m_folder.isValid())
            return;
        // Warnings about the source end it with 1: what counts is whether the result works.
        QProcess::execute(compiler,
                          {QStringLiteral("-c"), QStringLiteral("--no-archive"),
                           QStringLiteral("-i"), QStringLiteral("de_DE"), QStringLiteral("-f"),
                           QStringLiteral("UTF-8"),
                           m_folder.filePath(QStringLiteral("de_DE.UTF-8"))});
        qputenv("LOCPATH", m_folder.path().toLocal8Bit());
        m_found = set("de_DE.UTF-8");
    }
    ~CommaLocale()
    {
        std::setlocale(LC_ALL, "C");
        m_before.isNull() ? qunsetenv("LOCPATH") : qputenv("LOCPATH", m_before);
    }
    CommaLocale(const CommaLocale&) = delete;
    CommaLocale& operator=(const CommaLocale&) = delete;

    /// Whether there is one; without it a test has nothing to say and is to be skipped.
    bool found() const { return m_found; }

private:
    bool set(const char* name)
    {
        m_found = std::setlocale(LC_ALL, name) != nullptr
            && std::string_view(std::localeconv()->decimal_point) == ",";
        return m_found;
    }

    QTemporaryDir m_folder;
    QByteArray m_before = qgetenv("LOCPATH");
    bool m_found = false;
};

} // namespace bitfront::test
