// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/workbench/run_location.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>

namespace bitfront {

namespace {

QStringList dataFolders()
{
    QStringList folders;
    const QString fromEnvironment = qEnvironmentVariable("BITFRONT_DATA_DIR");
    if (!fromEnvironment.isEmpty())
        folders << fromEnvironment;
    const QDir bin(QCoreApplication::applicationDirPath());
    folders << QDir::cleanPath(bin.absoluteFilePath(QStringLiteral("../../../resources")))
            << QDir::cleanPath(bin.absoluteFilePath(QStringLiteral("../share/bitfront")));
    return folders;
}

} // namespace

std::optional<DemoFiles> findDemo()
{
    const QStringList folders = dataFolders();
    for (const QString& folder : folders) {
        const QDir demo(folder + QStringLiteral("/demo"));
        const DemoFiles files {demo.absoluteFilePath(QStringLiteral("digits_cnn.pt")),
                               demo.absoluteFilePath(QStringLiteral("digits_inputs.pt"))};
        if (QFileInfo::exists(files.model) && QFileInfo::exists(files.inputs))
            return files;
    }
    return std::nullopt;
}

QString absoluteFolder(const QString& path)
{
    return QDir::cleanPath(QFileInfo(path).absoluteFilePath());
}

bool isDemoFile(const QString& path)
{
    const std::optional<DemoFiles> demo = findDemo();
    return demo && QFileInfo(path).canonicalPath() == QFileInfo(demo->model).canonicalPath();
}

QString defaultRunFolder(const QString& modelPath)
{
    const QFileInfo model(modelPath);
    const QString name = model.completeBaseName() + QStringLiteral(".bitfront");
    const QFileInfo folder(model.absolutePath());
    if (folder.isWritable() && !isDemoFile(modelPath))
        return QDir(folder.absoluteFilePath()).absoluteFilePath(name);
    const QString data = QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation);
    return QDir(data).absoluteFilePath(QStringLiteral("bitfront/runs/") + name);
}

} // namespace bitfront
