// SPDX-License-Identifier: GPL-3.0-or-later
// Before a scan: what it would measure and how long that takes, as a question with one button.
#pragma once

#include "widgets/workbench/scan_controller.h"

#include <QPointer>
#include <QWidget>

class QCheckBox;
class QComboBox;
class QPushButton;

namespace bitfront {

class FormatPicker;
class Label;

class ScanPage : public QWidget
{
    Q_OBJECT

public:
    explicit ScanPage(ScanController& scan, QWidget* parent = nullptr);

    /// What is chosen here.
    ScanWish wish() const;
    void setWish(const ScanWish& wish);
    /// Asks for the estimate again: another run, or something was measured.
    void refresh();
    /// Whether there is a scan to go back to.
    void setBack(bool back);
    QString question() const;
    /// Opens the formats, to be ticked one by one.
    void pickFormats();

signals:
    void scanRequested(const bitfront::ScanWish& wish);
    void backRequested();

protected:
    void hideEvent(QHideEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    /// Entry of the formats' box after those of the presets.
    static constexpr int kOwnChoice = -1;

    QWidget* buildChoices();
    QWidget* buildButtons();
    void chooseFormats(int entry);
    void showFormats();
    void showEstimate(const ScanEstimate& estimate);
    void showProblem(const ScanWish& wish, const QString& reason);
    void updateButton();

    ScanController& m_scan;
    ScanWish m_wish; ///< as chosen; what cannot be chosen here is kept
    std::vector<CompressionSpec> m_own; ///< the formats of the last own choice
    QPointer<FormatPicker> m_picker; ///< while it is open
    Label* m_question;
    Label* m_words;
    Label* m_unusable; ///< what is there and cannot be gone on with
    QComboBox* m_formats;
    QPushButton* m_change;
    QComboBox* m_method;
    QCheckBox* m_attention;
    QCheckBox* m_embeddings;
    PaletteOptions m_palette; ///< of the latest estimate
    Label* m_tied;
    QPushButton* m_untie;
    QPushButton* m_start;
    QPushButton* m_back;
    Label* m_reason;
    QString m_outlook; ///< what the wish comes to: runs and time
    QString m_problem; ///< why the wish comes to nothing
    bool m_estimated = false;
};

} // namespace bitfront
