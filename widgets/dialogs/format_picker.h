// SPDX-License-Identifier: GPL-3.0-or-later
// The formats of a scan, picked one by one or in groups. What is ticked counts at once; what it
// comes to is told by whoever knows the model.
#pragma once

#include "core/plan/compression_config.h"

#include <QDialog>

#include <vector>

class QPushButton;

namespace bitfront {

class FormatModel;
class FormatTable;
class Label;

class FormatPicker : public QDialog
{
    Q_OBJECT

public:
    explicit FormatPicker(std::vector<CompressionSpec> formats, QWidget* parent = nullptr);

    /// In the order of the presets. Formats that no table has, as a file may name them, stay.
    const std::vector<CompressionSpec>& formats() const { return m_formats; }
    /// What a scan of these comes to, and the words of its button.
    void setOutlook(const QString& words, const QString& button, bool possible);

signals:
    void formatsChanged();
    void scanRequested();

private:
    QWidget* buildStarts();
    QWidget* buildTables();
    QWidget* buildFoot();
    QWidget* column(const QString& caption, FormatTable* table) const;
    void setFormats(std::vector<CompressionSpec> formats);
    void tick(const std::vector<CompressionSpec>& formats, bool on);
    void refresh();

    std::vector<CompressionSpec> m_formats;
    FormatModel *m_palettes, *m_integers;
    Label *m_count, *m_outlook;
    QPushButton* m_start;
};

/// "12 formats", "1 format", "no formats".
QString formatCountText(std::size_t count);

} // namespace bitfront
