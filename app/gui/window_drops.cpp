// SPDX-License-Identifier: GPL-3.0-or-later
// Files dropped on the window: what they are decides where they go.
#include "app/gui/main_window.h"
#include "core/run/run_folder.h"
#include "widgets/parts/drop_hint.h"
#include "widgets/workbench/run_location.h"
#include "widgets/workbench/text.h"

#include <QDragEnterEvent>
#include <QFileInfo>
#include <QMessageBox>
#include <QMimeData>

#include <algorithm>

namespace bitfront {

namespace {

QStringList localFiles(const QMimeData& data)
{
    QStringList paths;
    for (const QUrl& url : data.urls())
        if (url.isLocalFile())
            paths << url.toLocalFile();
    return paths;
}

} // namespace

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    if (m_run.isRunning() || localFiles(*event->mimeData()).isEmpty())
        return;
    event->acceptProposedAction();
    if (!m_dropHint)
        m_dropHint = new DropHint(this);
    m_dropHint->showOver(rect());
}

void MainWindow::dragLeaveEvent(QDragLeaveEvent*)
{
    m_dropHint->hide();
}

void MainWindow::dropEvent(QDropEvent* event)
{
    m_dropHint->hide();
    event->acceptProposedAction();
    openFiles(localFiles(*event->mimeData()));
}

void MainWindow::openFiles(const QStringList& paths)
{
    const auto run =
        std::ranges::find_if(paths, [](const QString& path) { return isRunFolder(toPath(path)); });
    if (run != paths.end())
        openRun(*run);
    else
        m_setup.sortFiles(paths);
}

void MainWindow::openSorted(const QStringList& models, const QStringList& inputs)
{
    if (m_run.isRunning())
        return;
    const auto refuse = [this](const QString& what, const QString& advice) {
        auto* box = new QMessageBox(QMessageBox::Information, tr("Dropped files"), what,
                                    QMessageBox::Ok, this);
        box->setAttribute(Qt::WA_DeleteOnClose);
        box->setInformativeText(advice);
        box->open();
    };
    // The inputs of a run that was opened from disk belong to its model, not to one set up before.
    const bool foreignRun = m_stage == Stage::Results && m_run.hasRun()
        && toQString(m_run.header().model.path) != m_setup.modelPath();
    if (models.size() > 1)
        refuse(tr("These are %1 models.").arg(models.size()), tr("Drop one model at a time."));
    else if (models.isEmpty() && (foreignRun || m_setup.modelState() == LoadState::Nothing))
        refuse(tr("“%1” looks like reference inputs, and no model is open for them.")
                   .arg(QFileInfo(inputs.value(0)).fileName()),
               tr("Open the model first, or drop both together."));
    else {
        if (!models.isEmpty())
            openModel(models.first());
        if (!inputs.isEmpty())
            openInputs(inputs);
    }
}

} // namespace bitfront
