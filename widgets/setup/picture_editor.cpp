// SPDX-License-Identifier: GPL-3.0-or-later
// The picture settings: the same fields as in bitfront-inputs.json, and the same words when one of
// them makes no sense.
#include "widgets/parts/buttons.h"
#include "widgets/parts/labels.h"
#include "widgets/setup/input_choices.h"
#include "widgets/theme.h"
#include "widgets/workbench/project_setup.h"
#include "widgets/workbench/text.h"

#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QVBoxLayout>

namespace bitfront {

namespace {

QLineEdit* field(const QString& name, const QString& example)
{
    auto* edit = new QLineEdit;
    edit->setAccessibleName(name);
    edit->setPlaceholderText(example);
    return edit;
}

QComboBox* choice(const QString& name, const QList<QPair<QString, QString>>& items)
{
    auto* box = new QComboBox;
    box->setAccessibleName(name);
    for (const auto& [text, value] : items)
        box->addItem(text, value);
    return box;
}

QString sizeText(const std::vector<std::int64_t>& size)
{
    QStringList words;
    for (const std::int64_t extent : size)
        words << QString::number(extent);
    return words.join(QStringLiteral(" × "));
}

QString listText(const std::vector<double>& values)
{
    QStringList words;
    for (const double value : values)
        words << QString::number(value, 'g', 10);
    return words.join(QStringLiteral(", "));
}

/// "[256, 256]" of "256 × 256": every word between separators is taken over as it is, so that a
/// wrong one is answered by the reader of the format.
QString listJson(const QString& text)
{
    static const QRegularExpression separators(QStringLiteral("[\\s,;x×]+"));
    return QLatin1Char('[') + text.split(separators, Qt::SkipEmptyParts).join(QStringLiteral(", "))
        + QLatin1Char(']');
}

} // namespace

PictureEditor::PictureEditor(ProjectSetup& setup, QWidget* parent)
    : QWidget(parent)
    , m_setup(setup)
    , m_resize(field(tr("Resize to"), tr("256, or height × width")))
    , m_crop(field(tr("Crop"), tr("224, or height × width")))
    , m_mean(field(tr("Mean"), QStringLiteral("0.485, 0.456, 0.406")))
    , m_deviation(field(tr("Deviation"), QStringLiteral("0.229, 0.224, 0.225")))
    , m_filter(choice(tr("Interpolation"),
                      {{tr("bilinear"), QStringLiteral("bilinear")},
                       {tr("bicubic"), QStringLiteral("bicubic")},
                       {tr("nearest"), QStringLiteral("nearest")}}))
    , m_channels(choice(tr("Colours"),
                        {{tr("RGB"), QStringLiteral("rgb")},
                         {tr("BGR"), QStringLiteral("bgr")},
                         {tr("grey"), QStringLiteral("gray")}}))
    , m_range(
          choice(tr("Values"),
                 {{tr("0 to 1"), QStringLiteral("1")}, {tr("0 to 255"), QStringLiteral("255")}}))
    , m_layout(choice(tr("Order"),
                      {{tr("channels first"), QStringLiteral("nchw")},
                       {tr("channels last"), QStringLiteral("nhwc")}}))
    , m_error(new Label({}, 13, 400, Tone::Err))
{
    setObjectName(QStringLiteral("pictureEditor"));
    m_resize->setObjectName(QStringLiteral("pictureResize"));
    m_crop->setObjectName(QStringLiteral("pictureCrop"));
    m_mean->setObjectName(QStringLiteral("pictureMean"));
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(8);
    grid->setColumnMinimumWidth(0, uiPx(88));
    grid->setColumnStretch(1, 1);
    grid->setColumnStretch(3, 1);
    const auto add = [grid](int row, int column, const QString& text, QWidget* widget) {
        grid->addWidget(new Label(text, 13, 400, Tone::Text3), row, column);
        grid->addWidget(widget, row, column + 1);
    };
    add(0, 0, tr("Resize"), m_resize);
    add(0, 2, tr("by"), m_filter);
    add(1, 0, tr("Crop"), m_crop);
    add(1, 2, tr("Colours"), m_channels);
    add(2, 0, tr("Mean"), m_mean);
    add(2, 2, tr("Values"), m_range);
    add(3, 0, tr("Deviation"), m_deviation);
    add(3, 2, tr("Order"), m_layout);
    auto* apply = makeButton(tr("Apply"), ButtonRole::Neutral);
    apply->setObjectName(QStringLiteral("applyPictures"));
    connect(apply, &QPushButton::clicked, this, &PictureEditor::apply);
    m_error->setWrapped(true);
    m_error->hide();
    auto* foot = new QHBoxLayout;
    foot->addWidget(m_error, 1);
    foot->addStretch();
    foot->addWidget(apply, 0, Qt::AlignTop);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addLayout(grid);
    column->addLayout(foot);
}

/// Shows what is in force; what the user is typing stays until that changes.
void PictureEditor::refresh()
{
    const auto inputs = m_setup.inputs();
    const ImageOptions now = inputs ? inputs->options().images.value_or(ImageOptions {})
                                    : m_setup.inputOptions().images.value_or(ImageOptions {});
    if (m_shown == now)
        return;
    m_shown = now;
    const auto set = [](QComboBox* box, std::string_view value) {
        box->setCurrentIndex(box->findData(toQString(value)));
    };
    m_resize->setText(sizeText(now.resize));
    m_crop->setText(sizeText(now.crop));
    m_mean->setText(listText(now.mean));
    m_deviation->setText(listText(now.deviation));
    set(m_filter, name(now.filter));
    set(m_channels, name(now.channels));
    set(m_range, now.unitRange ? "1" : "255");
    set(m_layout, now.channelsLast ? "nhwc" : "nchw");
    m_error->hide();
}

QString PictureEditor::json() const
{
    QStringList fields;
    const auto addList = [&fields](const char* key, const QLineEdit* edit) {
        if (!edit->text().trimmed().isEmpty())
            fields << QStringLiteral("\"%1\": %2").arg(QLatin1String(key), listJson(edit->text()));
    };
    const auto addWord = [&fields](const char* key, const QComboBox* box) {
        fields << QStringLiteral("\"%1\": \"%2\"")
                      .arg(QLatin1String(key), box->currentData().toString());
    };
    addList("resize", m_resize);
    addList("crop", m_crop);
    addList("mean", m_mean);
    addList("std", m_deviation);
    addWord("interpolation", m_filter);
    addWord("channels", m_channels);
    addWord("layout", m_layout);
    fields << QStringLiteral("\"range\": ") + m_range->currentData().toString();
    return QLatin1Char('{') + fields.join(QStringLiteral(", ")) + QLatin1Char('}');
}

void PictureEditor::apply()
{
    InputOptions options = m_setup.inputOptions();
    try {
        options.images =
            imageOptionsFromText(json().toStdString(), tr("picture settings").toStdString());
    } catch (const Error& error) {
        m_error->setText(toQString(error.failure().message));
        m_error->show();
        return;
    }
    m_error->hide();
    m_setup.setInputOptions(options);
}

} // namespace bitfront
