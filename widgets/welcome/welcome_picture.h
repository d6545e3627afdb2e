// SPDX-License-Identifier: GPL-3.0-or-later
// The picture of the welcome page: the demo's own results, so that a newcomer sees what the tool
// answers.
#pragma once

#include <QWidget>

namespace bitfront {

class WelcomePicture : public QWidget
{
    Q_OBJECT

public:
    explicit WelcomePicture(QWidget* parent = nullptr);

protected:
    void paintEvent(QPaintEvent* event) override;
};

} // namespace bitfront
