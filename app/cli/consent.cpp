// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/consent.h"

#include "app/cli/console.h"

#include <unistd.h>

namespace bitfront::cli {

namespace fs = std::filesystem;

void refuseUnwritable(const fs::path& folder)
{
    if (folder.empty())
        throw Error(ErrorCode::BadArgument, "The run folder has no name.",
                    "Name one with --out, e.g. --out run.bitfront.");
    fs::path existing = fs::absolute(folder);
    std::error_code ignored;
    while (!fs::exists(existing, ignored) && existing.has_relative_path())
        existing = existing.parent_path();
    if (!fs::is_directory(existing, ignored))
        throw Error(ErrorCode::FileNotWritable,
                    "Cannot write to " + folder.string() + ": " + existing.string()
                        + " is not a folder.",
                    "Choose another folder with --out.", folder.string());
    if (access(existing.c_str(), W_OK | X_OK) != 0)
        throw Error(ErrorCode::FileNotWritable,
                    "Cannot write to " + folder.string() + ": " + existing.string()
                        + " is read-only.",
                    "Choose another folder with --out.", folder.string());
}

bool agreed(std::ostream& out, bool yes, bool mayAsk, const std::string& question)
{
    if (yes)
        return true;
    if (!mayAsk || !stdinIsTerminal())
        throw Error(ErrorCode::BadArgument,
                    "There is no terminal to ask on whether the sweep should start.",
                    "Pass --yes to start it without asking; bitfront-cli estimate only estimates.");
    if (confirm(question))
        return true;
    out << "Not started.\n";
    return false;
}

} // namespace bitfront::cli
