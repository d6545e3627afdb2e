// SPDX-License-Identifier: GPL-3.0-or-later
// Where filters are typed: completes fields and values, marks the place of an error, applies on
// Enter.
#pragma once

#include "core/plan/record_filter.h"

#include <QLineEdit>

#include <optional>

class QCompleter;
class QStandardItemModel;

namespace bitfront {

class FilterEdit : public QLineEdit
{
    Q_OBJECT

public:
    explicit FilterEdit(QWidget* parent = nullptr);
    /// Outputs that may be asked for by name.
    void setOutputs(std::vector<std::string> outputs);
    const ParsedFilter& parsed() const { return m_parsed; }
    /// Whether the error is to be shown: not while a term is still being written.
    bool showsError() const;
    QSize sizeHint() const override;

signals:
    void submitted(const std::vector<bitfront::FilterTerm>& terms);
    void parsedChanged();

protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void parse();
    void submit();
    void complete(const QString& token);
    void offerCompletions();
    int wordStart() const;

    std::vector<std::string> m_outputs;
    ParsedFilter m_parsed;
    bool m_insist = false; ///< Enter was pressed on an error
    QCompleter* m_completer;
    QStandardItemModel* m_hints;
};

} // namespace bitfront
