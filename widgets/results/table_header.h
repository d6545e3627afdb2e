// SPDX-License-Identifier: GPL-3.0-or-later
// Header of a table: small grey words over one hairline, aligned with what stands below; the sorted
// column carries an arrow.
#pragma once

#include <QHeaderView>

namespace bitfront {

class TableHeader : public QHeaderView
{
    Q_OBJECT

public:
    explicit TableHeader(QWidget* parent = nullptr);
    /// Space before the first column's word, on both sides of all others, after the last one.
    void setInsets(int first, int between, int last);
    QSize sizeHint() const override;

protected:
    void paintSection(QPainter* painter, const QRect& rect, int section) const override;
    void paintEvent(QPaintEvent* event) override;

private:
    int m_first = 8, m_between = 8, m_last = 8;
};

} // namespace bitfront
