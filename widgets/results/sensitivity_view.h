// SPDX-License-Identifier: GPL-3.0-or-later
// The heatmap of a scan: layers down, formats across, keys and menu to lock and tie.
#pragma once

#include <QTableView>

#include <string>
#include <vector>

namespace bitfront {

class SensitivityModel;

class SensitivityView : public QTableView
{
    Q_OBJECT

public:
    explicit SensitivityView(SensitivityModel& model, QWidget* parent = nullptr);

    /// Units of the selected rows, each once; those of the current row where nothing is selected.
    std::vector<std::size_t> chosenUnits() const;
    void showUnit(std::size_t unit);
    /// Keys and what they do, for the menu's texts and the help.
    static constexpr Qt::Key kLockKey = Qt::Key_L, kEightKey = Qt::Key_8, kHalfKey = Qt::Key_F,
                             kFreeKey = Qt::Key_U, kTieKey = Qt::Key_T;

signals:
    /// `format` as in FormatLock; empty: no lock any more.
    void lockRequested(const std::vector<std::size_t>& units, const QString& format);
    void tieRequested(const std::vector<std::size_t>& units, bool tied);
    void unitChosen(int unit); ///< −1: none, or a module

protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void changeEvent(QEvent* event) override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;

private:
    void openMenu(const QPoint& at);
    void openRowMenu(const QPoint& at);
    bool actByKey(int key);
    void lockToCurrent();
    void fold(int row);
    void sortBy(int column);
    void setSizes();
    bool chosenAreTied() const;

    SensitivityModel& m_model;
};

} // namespace bitfront
