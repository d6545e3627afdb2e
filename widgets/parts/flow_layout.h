// SPDX-License-Identifier: GPL-3.0-or-later
// Widgets side by side that go on in a next line where there is no more room: for rows of chips.
#pragma once

#include <QLayout>
#include <QList>

namespace bitfront {

class FlowLayout : public QLayout
{
    Q_OBJECT

public:
    /// `spacing` between widgets and between lines.
    explicit FlowLayout(int spacing, QWidget* parent = nullptr);
    ~FlowLayout() override;

    /// Puts a widget at a place of the row instead of its end.
    void insertWidget(int position, QWidget* widget);

    void addItem(QLayoutItem* item) override { m_items.append(item); }
    int count() const override { return static_cast<int>(m_items.size()); }
    QLayoutItem* itemAt(int index) const override { return m_items.value(index); }
    QLayoutItem* takeAt(int index) override;
    Qt::Orientations expandingDirections() const override { return {}; }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    void setGeometry(const QRect& rect) override;
    QSize sizeHint() const override;
    QSize minimumSize() const override;

private:
    int arrange(const QRect& rect, bool place) const;

    QList<QLayoutItem*> m_items;
};

} // namespace bitfront
