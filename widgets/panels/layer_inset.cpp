// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/layer_inset.h"

#include "widgets/parts/weight_histogram.h"
#include "widgets/theme.h"
#include "widgets/workbench/text.h"

#include <QHBoxLayout>
#include <QLocale>
#include <QRegularExpression>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace bitfront {

namespace {

/// Steps through the parts of a layer; the first value is the whole.
class PartBox : public QSpinBox
{
public:
    LayerViewPtr view; ///< whose parts are named

protected:
    QString textFromValue(int value) const override
    {
        return value == 0 || !view ? LayerInset::tr("whole layer")
                                   : toQString(view->partName(value - 1));
    }
    /// Any channel of a group stands for the group.
    int valueFromText(const QString& text) const override
    {
        static const QRegularExpression kNumber(QStringLiteral("[0-9]+"));
        const QRegularExpressionMatch number = kNumber.match(text);
        return number.hasMatch() && view
            ? view->partHolding(std::max(number.captured().toLongLong(), 1LL)) + 1
            : 0;
    }
    QValidator::State validate(QString&, int&) const override { return QValidator::Acceptable; }
};

} // namespace

LayerInset::LayerInset(Inspector& inspector, QWidget* parent)
    : QWidget(parent)
    , m_inspector(inspector)
    , m_title(new Label({}, 13, 600))
    , m_subtitle(new Label({}, 11, 400, Tone::Text2))
    , m_state(new Label({}, 13, 400, Tone::Text2))
    , m_part(new PartBox)
    , m_histogram(new WeightHistogram)
{
    setObjectName(QStringLiteral("layerInset"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 8);
    column->setSpacing(4);
    column->addWidget(new HairLine);
    column->addWidget(buildHead());
    m_state->setObjectName(QStringLiteral("layerState"));
    m_state->setWrapped(true);
    m_state->setContentsMargins(16, 4, 16, 8);
    column->addWidget(m_state);
    m_histogram->setObjectName(QStringLiteral("weightHistogram"));
    column->addWidget(m_histogram);
    connect(&m_inspector, &Inspector::layerReady, this, &LayerInset::adopt);
    connect(&m_inspector, &Inspector::layerFailed, this, &LayerInset::fail);
    connect(&m_inspector, &Inspector::histogramReady, this,
            [this](const LayerViewPtr& view, const LayerHistogram& counts) {
                if (view != m_view)
                    return;
                m_state->hide();
                m_histogram->setHistogram(counts);
            });
    connect(m_part, &QSpinBox::valueChanged, this, &LayerInset::refresh);
    hide();
}

QWidget* LayerInset::buildHead()
{
    auto* head = new QWidget;
    auto* column = new QVBoxLayout(head);
    column->setContentsMargins(16, 8, 10, 0);
    column->setSpacing(2);
    auto* across = new QHBoxLayout;
    across->setSpacing(8);
    m_title->setObjectName(QStringLiteral("layerTitle"));
    m_title->setElided(true);
    across->addWidget(m_title, 1);
    m_part->setObjectName(QStringLiteral("layerPart"));
    m_part->setAccessibleName(tr("Part of the layer"));
    m_part->setToolTip(tr("Weights that share one scale or one table. Arrow keys step through "
                          "them."));
    m_part->setFont(uiFont(11));
    m_part->setWrapping(true);
    m_part->setFixedWidth(uiPx(112));
    across->addWidget(m_part);
    auto* close = new QToolButton;
    close->setObjectName(QStringLiteral("closeLayer"));
    close->setIcon(themedIcon(QStringLiteral("close")));
    close->setFixedSize(uiPx(28), uiPx(28));
    close->setToolTip(tr("Close this layer"));
    close->setAccessibleName(tr("Close this layer"));
    connect(close, &QToolButton::clicked, this, [this] {
        this->close();
        emit closed();
    });
    across->addWidget(close);
    column->addLayout(across);
    m_subtitle->setElided(true);
    column->addWidget(m_subtitle);
    return head;
}

void LayerInset::showLayer(const CompressionConfig& config, const LayerStorage& storage)
{
    m_layer = storage.layer;
    m_view.reset();
    m_title->setText(toQString(storage.layer));
    QString how = toQString(storage.granularityText());
    if (storage.weightErrorDb)
        how += tr(", error %1 dB")
                   .arg(QLocale()
                            .toString(*storage.weightErrorDb, 'f', 1)
                            .replace(QLatin1Char('-'), QChar(0x2212)));
    if (!storage.reason.empty())
        how += QStringLiteral(" · ") + toQString(storage.reason);
    m_subtitle->setText(how);
    m_state->setTone(Tone::Text2);
    m_state->setText(tr("Reading the weights…"));
    m_state->setVisible(m_histogram->isEmpty());
    m_histogram->waitFor(m_state->text()); // it still shows the layer before
    m_part->setVisible(false);
    show();
    m_inspector.requestLayer(config, storage);
}

void LayerInset::close()
{
    m_layer.clear();
    m_view.reset();
    m_histogram->clear();
    hide();
}

void LayerInset::adopt(const LayerViewPtr& view)
{
    if (view->storage().layer != m_layer)
        return;
    m_view = view;
    const QSignalBlocker quiet(m_part);
    static_cast<PartBox*>(m_part)->view = view;
    m_part->setRange(0, view->parts() > 1 ? view->parts() : 0);
    m_part->setValue(view->parts() > 1 ? 1 : 0);
    m_part->setVisible(view->parts() > 1);
    const LayerInfo& layer = view->layer();
    m_title->setToolTip(
        tr("%1, %2").arg(toQString(layer.shortType()), toQString(shapeText(layer.shape))));
    refresh();
}

void LayerInset::refresh()
{
    if (!m_view)
        return;
    m_histogram->waitFor(tr("Counting the weights…"));
    m_inspector.requestHistogram(m_view, m_part->value() - 1);
}

/// Nothing is shown that the title does not name.
void LayerInset::fail(const QString& reason)
{
    m_view.reset();
    m_histogram->clear();
    m_part->hide();
    m_state->setText(reason);
    m_state->setTone(Tone::Err);
    m_state->show();
}

} // namespace bitfront
