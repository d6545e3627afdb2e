// SPDX-License-Identifier: GPL-3.0-or-later
// A configuration of the user's own: its parts as choices, and at once what it would come to.
#pragma once

#include "core/plan/own_config.h"

#include <QDialog>

#include <memory>
#include <set>

class QCheckBox;
class QComboBox;
class QFormLayout;
class QPushButton;
class QSpinBox;

namespace bitfront {

class Label;
struct ModelInfo;

class ConfigEditor : public QDialog
{
    Q_OBJECT

public:
    /// `model` may be null: then only the name is shown. `known` are the canonical names that are
    /// there already.
    ConfigEditor(const CompressionSpec& start, std::shared_ptr<const ModelInfo> model,
                 std::set<std::string> known, IndivisiblePolicy policy, QWidget* parent = nullptr);
    CompressionSpec spec() const;
    /// "4.53 bits · 0.091 MB · 3.53× · 13 of 13 layers", or why it cannot be run.
    QString summary() const;

signals:
    void configurationMade(const bitfront::CompressionSpec& spec);

private:
    void build();
    void adopt(const CompressionSpec& spec);
    void refresh();
    bool isPalette() const;

    std::shared_ptr<const ModelInfo> m_model;
    std::set<std::string> m_known;
    IndivisiblePolicy m_policy;
    QFormLayout* m_form;
    QComboBox *m_method, *m_type, *m_scheme, *m_scope, *m_bits, *m_tables;
    QSpinBox *m_block, *m_group;
    QCheckBox* m_scales;
    Label *m_title, *m_name, *m_summary;
    QPushButton* m_add;
};

} // namespace bitfront
