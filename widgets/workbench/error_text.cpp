// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/workbench/error_text.h"

#include "widgets/workbench/text.h"

#include <QCoreApplication>

namespace bitfront {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("bitfront::ErrorText", text);
}

QString taskTitle(Task task)
{
    switch (task) {
    case Task::LoadEngine:
        return tr("The engine could not be loaded.");
    case Task::OpenModel:
        return tr("This model could not be opened.");
    case Task::LoadInputs:
        return tr("These inputs could not be loaded.");
    case Task::CheckInputs:
        return tr("The model did not run on these inputs.");
    case Task::Estimate:
        return tr("The estimate could not be made.");
    case Task::StartSweep:
        return tr("The sweep could not start.");
    case Task::Resume:
        return tr("The run cannot go on.");
    case Task::Sweep:
        return tr("The sweep had to end early. Finished results are kept.");
    case Task::OpenRun:
        return tr("This run could not be opened.");
    case Task::Scan:
        return tr("The scan had to end early. What was measured is kept.");
    case Task::Recipe:
        return tr("This could not be measured.");
    case Task::Export:
        return tr("Nothing was exported.");
    }
    return {};
}

QString title(Task task, ErrorCode code)
{
    const bool file = task == Task::OpenModel || task == Task::LoadInputs || task == Task::OpenRun;
    if (task == Task::Resume)
        return taskTitle(task);
    switch (code) {
    case ErrorCode::FileNotReadable:
        return file ? tr("The file could not be read.") : taskTitle(task);
    case ErrorCode::FileNotWritable:
        return task == Task::Sweep ? taskTitle(task) : tr("The folder cannot be written.");
    case ErrorCode::InputMismatch:
        return tr("The inputs do not fit the model.");
    case ErrorCode::MetricUnfit:
        return tr("The metric does not fit the output.");
    case ErrorCode::NonFinite:
        return tr("The model's output holds numbers that are not finite.");
    case ErrorCode::OutOfMemory:
        return tr("Not enough memory.");
    default:
        return taskTitle(task);
    }
}

/// Lines of Python one below the other, to be read and copied.
QString withLines(const QString& hint)
{
    const QLatin1String start("In Python: ");
    const qsizetype at = hint.indexOf(start);
    if (at < 0)
        return hint;
    QString code = hint.mid(at + start.size());
    code.replace(QLatin1String("; "), QLatin1String("\n"));
    code.replace(QLatin1String(", or torch."), QLatin1String("\nor\ntorch."));
    return hint.left(at + start.size()).trimmed() + QLatin1Char('\n') + code;
}

} // namespace

ErrorText errorText(Task task, const Failure& failure)
{
    ErrorText text;
    text.title = title(task, failure.code);
    text.body = toQString(failure.message);
    if (!failure.hint.empty())
        text.body += QLatin1Char(' ') + withLines(toQString(failure.hint));
    if (text.body.isEmpty())
        text.body = tr("No reason was given.");
    text.showExport = task == Task::OpenModel
        && (failure.code == ErrorCode::BadFormat || failure.code == ErrorCode::UnsupportedModel);
    return text;
}

} // namespace bitfront
