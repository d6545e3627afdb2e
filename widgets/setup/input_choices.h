// SPDX-License-Identifier: GPL-3.0-or-later
// What the user can choose about the inputs, below the facts of their card: the remedy for what
// went wrong, which tensor is for which argument, how pictures become a tensor.
#pragma once

#include "core/plan/input_options.h"

#include <QWidget>

#include <optional>

class QComboBox;
class QGridLayout;
class QLineEdit;
class QPushButton;

namespace bitfront {

class Label;
class ProjectSetup;

/// One row for each argument of forward(): its name and the tensor that it gets.
class BindingEditor : public QWidget
{
    Q_OBJECT

public:
    explicit BindingEditor(ProjectSetup& setup, QWidget* parent = nullptr);
    void refresh();

private:
    void apply();
    ProjectSetup& m_setup;
    QGridLayout* m_rows;
    QList<QComboBox*> m_choices; ///< one per argument
    Label* m_hint;
};

/// Size, crop, mean, deviation, colours; applied together.
class PictureEditor : public QWidget
{
    Q_OBJECT

public:
    explicit PictureEditor(ProjectSetup& setup, QWidget* parent = nullptr);
    void refresh();

private:
    void apply();
    QString json() const;
    ProjectSetup& m_setup;
    QLineEdit *m_resize, *m_crop, *m_mean, *m_deviation;
    QComboBox *m_filter, *m_channels, *m_range, *m_layout;
    Label* m_error;
    std::optional<ImageOptions> m_shown;
};

class InputChoices : public QWidget
{
    Q_OBJECT

public:
    explicit InputChoices(ProjectSetup& setup, QWidget* parent = nullptr);
    void refresh();

signals:
    void folderRequested();

private:
    void applyRemedy();
    ProjectSetup& m_setup;
    QPushButton *m_folder, *m_stored, *m_remedy, *m_showBinding, *m_showPictures;
    BindingEditor* m_binding;
    PictureEditor* m_pictures;
    bool m_bindingOpen = false, m_picturesOpen = false;
};

} // namespace bitfront
