// SPDX-License-Identifier: GPL-3.0-or-later
// Before a scan: what it would measure and how long that takes, as a question with one button.
#pragma once

#include "widgets/workbench/scan_controller.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QPushButton;

namespace bitfront {

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

signals:
    void scanRequested(const bitfront::ScanWish& wish);
    void backRequested();

private:
    void showEstimate(const ScanEstimate& estimate);
    void updateButton();

    ScanController& m_scan;
    std::vector<std::vector<std::string>> m_ties;
    Label* m_question;
    Label* m_words;
    QComboBox* m_preset;
    QComboBox* m_method;
    QCheckBox* m_attention;
    Label* m_tied;
    QPushButton* m_untie;
    QPushButton* m_start;
    QPushButton* m_back;
    Label* m_reason;
    bool m_estimated = false;
};

} // namespace bitfront
