// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/dialogs/help_dialogs.h"

#include "widgets/parts/buttons.h"
#include "widgets/parts/labels.h"
#include "widgets/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QFontDatabase>
#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTextBrowser>
#include <QVBoxLayout>

namespace bitfront {

namespace {

QString helpText()
{
    return HelpDialog::tr(
        "<h3>What you can open</h3>"
        "<p><b>Model</b>: a torch.export program (.pt2) or TorchScript (.pt). A file that "
        "holds only "
        "weights (a state dict) has no graph to run and cannot be judged.</p>"
        "<p><b>Inputs</b>: .pt (tensor, tuple, list or dict), .npy, .npz, .safetensors, token ids "
        "as .json, mono .wav, pictures, a folder of the latter two, or the examples in a .pt2. "
        "Names are "
        "bound to the "
        "arguments of <code>forward</code>, otherwise the order counts. Use real data: on noise "
        "compressed "
        "models often look better than they are.</p>"
        "<p><b>Run folder</b>: what a sweep writes (.bitfront). Every result is on disk before you "
        "see it.</p>"
        "<h3>What is measured</h3>"
        "<p><b>PSNR</b>: peak signal to noise of an output against the uncompressed model, in dB. "
        "For "
        "unbounded float outputs.<br><b>SNR</b>: signal to noise in dB. For signals such as "
        "audio.<br>"
        "<b>IoU</b>: overlap of masks, 0 to 1. For outputs of 0 and 1.</p>"
        "<p><b>Bits</b>: average per parameter, with scales, zero points and tables. <b>Ratio</b>: "
        "size at 16 bits "
        "divided by the compressed size. <b>Front</b>: results for which no other is both smaller "
        "and better. "
        "<b>Floor</b>: the quality below which a result is not worth refining.</p>"
        "<h3>What is tried</h3>"
        "<p><b>1a</b> one scale per channel, int8 and int4. <b>1b</b> int4 with one scale per "
        "block of 16, 32 or "
        "128. <b>2</b> palettes of 256, 64 or 16 values, per tensor or per group of channels. Each "
        "in symmetric, "
        "asymmetric and clipped form, or with and without channel scales. <b>Refinement</b> "
        "repeats the best two "
        "of each group while keeping some layers at 16 bits.</p>"
        "<h3>Keys</h3>"
        "<p>Ctrl+O model · Ctrl+I inputs · F5 estimate, start, run again · Shift+F5 stop · Ctrl+E "
        "export report · Ctrl+F filter · Ctrl+Z undo, Ctrl+Shift+Z redo (filter, zoom, hiding, "
        "targets) · Ctrl+H hide · Ctrl+D compare · Esc clear selection, then filter · F1 this "
        "help</p>"
        "<p><b>In the plot</b>: Left, Right along the front · Up, Down through a group · . , "
        "through points on top of each other · P pin · C compare · T targets · F front only · G "
        "fronts of the groups · L labels · + − 0 zoom. Drag filters, Ctrl+drag and Ctrl+click "
        "select, middle or Shift+drag pans, the wheel zooms (with Ctrl across only).</p>"
        "<h3>Filters</h3>"
        "<p><code>group:2 bits&lt;5 psnr&gt;35 front:yes</code>: all terms must hold. Numbers: "
        "bits, ratio, size, time, coverage, quality, psnr, snr, iou, or the name of an output; "
        "with &lt; &lt;= = &gt;= &gt; != or a range as in <code>ratio:2..3</code>. Also group, "
        "front, floor, anchor, refined, failed, identical. Other words look for names. A minus in "
        "front turns a term round.</p>");
}

} // namespace

HelpDialog::HelpDialog(QWidget* parent)
    : QDialog(parent)
{
    setWindowTitle(tr("Bitfront help"));
    setAttribute(Qt::WA_DeleteOnClose);
    auto* text = new QTextBrowser;
    text->setAccessibleName(windowTitle());
    text->setHtml(helpText());
    text->setFrameShape(QFrame::NoFrame);
    text->document()->setDocumentMargin(20);
    auto* close = makeButton(tr("Close"), ButtonRole::Neutral);
    connect(close, &QPushButton::clicked, this, &QDialog::close);
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(16, 12, 16, 12);
    foot->addStretch();
    foot->addWidget(close);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(text, 1);
    column->addWidget(new HairLine);
    column->addLayout(foot);
    resize(uiPx(620), uiPx(640));
}

ShortcutDialog::ShortcutDialog(const QList<Command>& commands, QWidget* parent)
    : QDialog(parent)
{
    setObjectName(QStringLiteral("shortcutDialog"));
    setWindowTitle(tr("Keyboard shortcuts"));
    setAttribute(Qt::WA_DeleteOnClose);
    QString rows;
    const auto heading = [&rows](const QString& text) {
        rows += QStringLiteral("<tr><td colspan=2><h3>%1</h3></td></tr>").arg(text);
    };
    const auto row = [&rows](const QString& key, const QString& text) {
        rows += QStringLiteral("<tr><td width=170><b>%1</b></td><td>%2</td></tr>")
                    .arg(key.toHtmlEscaped(), text.toHtmlEscaped());
    };
    heading(tr("Everywhere"));
    for (const Command& command : commands)
        row(command.key, command.title);
    heading(tr("In the plot"));
    row(tr("Left, Right"), tr("Along the front"));
    row(tr("Up, Down"), tr("Through a group by quality"));
    row(tr(". ,"), tr("Through points on top of each other"));
    row(tr("Enter"), tr("Detail of the point"));
    row(tr("P, C"), tr("Pin, compare"));
    row(tr("T, F, G, L"), tr("Targets, front only, fronts of the groups, labels"));
    row(tr("+ − 0"), tr("Zoom in, out, reset"));
    heading(tr("In the queue"));
    row(tr("Ctrl+Up"), tr("Run next"));
    row(tr("Delete"), tr("Skip"));
    row(tr("R"), tr("Try again"));
    auto* text = new QTextBrowser;
    text->setAccessibleName(windowTitle());
    text->setHtml(QStringLiteral("<table cellpadding=3>%1</table>").arg(rows));
    text->setFrameShape(QFrame::NoFrame);
    text->document()->setDocumentMargin(20);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(text);
    resize(uiPx(480), uiPx(640));
}

QString ExportSnippetDialog::snippet()
{
    return QStringLiteral(
        "import torch\n"
        "\n"
        "model.eval()\n"
        "example = (real_batch,)   # the arguments of forward(); real data, not random numbers\n"
        "\n"
        "# Either: a torch.export program. It holds its example inputs too.\n"
        "torch.export.save(torch.export.export(model, example), \"model.pt2\")\n"
        "\n"
        "# Or: TorchScript. With branches or loops: torch.jit.script(model)\n"
        "with torch.no_grad():\n"
        "    torch.jit.save(torch.jit.trace(model, example, strict=False), \"model.pt\")\n"
        "\n"
        "torch.save(example, \"inputs.pt\")\n"
        "\n"
        "# Both ways with a check of the outputs: resources/export_model.py\n");
}

ExportSnippetDialog::ExportSnippetDialog(QWidget* parent)
    : QDialog(parent)
{
    setObjectName(QStringLiteral("exportSnippet"));
    setWindowTitle(tr("How to export a model"));
    setAttribute(Qt::WA_DeleteOnClose);
    auto* words =
        new Label(tr("Bitfront runs the model itself, so the file must hold its graph. In Python:"),
                  13, 400, Tone::Text2);
    words->setWrapped(true);
    auto* code = new QPlainTextEdit(snippet());
    code->setReadOnly(true);
    code->setAccessibleName(tr("Python lines"));
    QFont mono = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    mono.setPixelSize(uiPx(12));
    code->setFont(mono);
    code->setFrameShape(QFrame::NoFrame);
    auto* copy = makeButton(tr("Copy"), ButtonRole::Primary, QStringLiteral("copy"));
    connect(copy, &QPushButton::clicked, this,
            [] { QApplication::clipboard()->setText(snippet()); });
    auto* close = makeButton(tr("Close"), ButtonRole::Neutral);
    connect(close, &QPushButton::clicked, this, &QDialog::close);
    auto* foot = new QHBoxLayout;
    foot->setSpacing(8);
    foot->addStretch();
    foot->addWidget(close);
    foot->addWidget(copy);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(24, 20, 24, 16);
    column->setSpacing(12);
    column->addWidget(words);
    column->addWidget(code, 1);
    column->addLayout(foot);
    resize(uiPx(640), uiPx(340));
}

} // namespace bitfront
