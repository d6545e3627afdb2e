// SPDX-License-Identifier: GPL-3.0-or-later
// Files into the window: dialogs, the command line, the demo; and out of it: export to a chosen
// file.
#include "app/gui/main_window.h"
#include "core/run/run_folder.h"
#include "widgets/panels/compare_panel.h"
#include "widgets/panels/plot_panel.h"
#include "widgets/theme.h"
#include "widgets/workbench/run_location.h"
#include "widgets/workbench/text.h"

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QHeaderView>
#include <QTreeView>

namespace bitfront {

namespace {

/// A dialog that does not block the window; `chosen` hears the answer.
template<class Receiver, class Slot>
QFileDialog* askForFile(Receiver* window, const QString& title, const QString& folder,
                        const QString& filter, Slot chosen)
{
    auto* dialog = new QFileDialog(window, title, folder, filter);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    if (const auto* files = dialog->findChild<QTreeView*>()) { // Qt's own dialog
        dialog->resize(uiPx(860), uiPx(540));
        files->header()->setStretchLastSection(false);
        for (int column = 0; column < files->header()->count(); ++column)
            files->header()->setSectionResizeMode(
                column, column == 0 ? QHeaderView::Stretch : QHeaderView::ResizeToContents);
    }
    QObject::connect(dialog, &QFileDialog::fileSelected, window, chosen);
    return dialog;
}

} // namespace

void MainWindow::openModel(const QString& path)
{
    if (m_run.isRunning())
        return;
    m_demoPending = false;
    m_settings.setLastFolder(QFileInfo(path).absolutePath());
    m_setup.openModel(QFileInfo(path).absoluteFilePath());
    setStage(Stage::Setup);
}

void MainWindow::openInputs(QStringList paths)
{
    if (m_run.isRunning() || m_setup.modelState() == LoadState::Nothing || paths.isEmpty())
        return;
    m_demoPending = false;
    for (QString& path : paths)
        path = QFileInfo(path).absoluteFilePath();
    paths.sort();
    const QString first = paths.takeFirst();
    m_settings.setLastFolder(QFileInfo(first).absolutePath());
    InputOptions options;
    for (const QString& path : paths)
        options.moreFiles.push_back(toPath(path).string());
    m_setup.loadInputs(first, options);
    setStage(Stage::Setup);
}

void MainWindow::openRun(const QString& folder)
{
    m_resumeFolder.clear();
    if (m_run.isRunning())
        return;
    if (refusedByScan()) {
        setStage(Stage::Results); // where it says so
        return;
    }
    m_run.openRun(absoluteFolder(folder));
}

void MainWindow::openDemo()
{
    const std::optional<DemoFiles> demo = findDemo();
    if (!demo || m_run.isRunning())
        return;
    m_setup.openModel(demo->model);
    m_setup.loadInputs(demo->inputs);
    m_demoPending = true;
    setStage(Stage::Setup);
}

void MainWindow::openFromCommandLine(const QString& path, const QString& inputs)
{
    const QFileInfo info(path);
    if (info.isDir() || info.fileName() == QLatin1String("run.json")) {
        openRun(info.isDir() ? path : info.absolutePath());
        return;
    }
    openModel(path);
    if (!inputs.isEmpty())
        openInputs({inputs});
}

void MainWindow::chooseModel()
{
    askForFile(this, tr("Open a model"), m_settings.lastFolder(),
               tr("Models (*.pt *.pt2 *.pth *.ts *.jit *.torchscript);;All files (*)"),
               [this](const QString& path) { openModel(path); })
        ->open();
}

void MainWindow::chooseInputs()
{
    askForFile(
        this, tr("Open reference inputs"), m_settings.lastFolder(),
        tr("Inputs (*.pt *.pth *.npy *.npz *.safetensors *.json *.wav *.png *.jpg *.jpeg);;All "
           "files (*)"),
        [this](const QString& path) { openInputs({path}); })
        ->open();
}

void MainWindow::chooseInputsFolder()
{
    QFileDialog* dialog =
        askForFile(this, tr("Open a folder of pictures or sounds"), m_settings.lastFolder(), {},
                   [this](const QString& path) { openInputs({path}); });
    dialog->setFileMode(QFileDialog::Directory);
    dialog->open();
}

void MainWindow::chooseRun()
{
    QFileDialog* dialog = askForFile(this, tr("Open a run folder"), m_settings.lastFolder(), {},
                                     [this](const QString& path) { openRun(path); });
    dialog->setFileMode(QFileDialog::Directory);
    dialog->open();
}

void MainWindow::chooseOtherRun()
{
    QFileDialog* dialog = askForFile(this, tr("Compare with a run"), m_settings.lastFolder(), {},
                                     [this](const QString& path) { m_compare->openOther(path); });
    dialog->setFileMode(QFileDialog::Directory);
    dialog->open();
}

void MainWindow::chooseRunFolder()
{
    const QFileInfo current(m_setup.runFolder());
    QFileDialog* dialog = askForFile(
        this, tr("Write results to"), current.absolutePath(), {}, [this](const QString& path) {
            // An ordinary folder gets a run folder of the model's name inside; a new or a run
            // folder is meant itself.
            const bool ordinary = QFileInfo(path).isDir()
                && !path.endsWith(QStringLiteral(".bitfront")) && !isRunFolder(toPath(path));
            const QString name =
                QFileInfo(m_setup.modelPath()).completeBaseName() + QStringLiteral(".bitfront");
            m_setup.setRunFolder(ordinary ? QDir(path).absoluteFilePath(name) : path);
        });
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    dialog->open();
}

void MainWindow::exportOne()
{
    QFileDialog* dialog =
        askForFile(this, tr("Export as"), m_run.folder(), {}, [this](const QString& path) {
            static const QHash<QString, ExportKind> kKinds {
                {QStringLiteral("md"), ExportKind::Markdown},
                {QStringLiteral("html"), ExportKind::Html},
                {QStringLiteral("png"), ExportKind::Png},
                {QStringLiteral("svg"), ExportKind::Svg},
                {QStringLiteral("pdf"), ExportKind::Pdf}};
            const QString suffix = QFileInfo(path).suffix().toLower();
            if (kKinds.contains(suffix))
                m_writer.write(kKinds.value(suffix), path, m_run.folder(), m_run.snapshot());
            else // never under another name than the one that the dialog asked about
                m_plot->showMessage(MessageBanner::Kind::Error,
                                    tr("“%1” is no kind of report or plot. Choose a name that ends "
                                       "in .md, .html, .png, .svg or .pdf.")
                                        .arg(QFileInfo(path).fileName()));
        });
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setFileMode(QFileDialog::AnyFile);
    dialog->setNameFilters({tr("Plot as PNG (*.png)"), tr("Plot as SVG (*.svg)"),
                            tr("Plot as PDF (*.pdf)"), tr("Report as Markdown (*.md)"),
                            tr("Report as HTML (*.html)")});
    dialog->selectFile(ReportWriter::defaultFileName(ExportKind::Png));
    connect(dialog, &QFileDialog::filterSelected, dialog, [dialog](const QString& filter) {
        dialog->setDefaultSuffix(filter.section(QLatin1String("*."), 1, 1).chopped(1));
    });
    dialog->setDefaultSuffix(QStringLiteral("png"));
    dialog->open();
}

} // namespace bitfront
