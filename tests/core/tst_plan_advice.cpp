// SPDX-License-Identifier: GPL-3.0-or-later
// What a scan says about families of formats: which is best, for how many layers, in plain words.
#include "core/plan/scan_advice.h"
#include "core/plan/scan_space.h"
#include "core/plan/sensitivity.h"
#include "tests/core/plan_builders.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <string>

using namespace bitfront;
using namespace bitfront::test;

class TestPlanAdvice : public QObject
{
    Q_OBJECT

private slots:
    void families_data();
    void families();
};

void TestPlanAdvice::families_data()
{
    QTest::addColumn<int>("layers");
    QTest::addColumn<int>("palettes"); // layers that a palette is best for
    QTest::addColumn<QString>("sentence");
    const auto row = [](int layers, int palettes, const char* words) {
        QTest::addRow("%d of %d", palettes, layers) << layers << palettes << words;
    };
    row(3, 3, "a palette is best for all 3 layers (");
    row(3, 2, "a palette is best for 2 of 3 layers, an integer format for the other (");
    row(3, 1, "a palette is best for 1 of 3 layers, an integer format for the others (");
    row(3, 0, "an integer format is best for all 3 layers (");
    row(1, 1, "a palette is best for the only layer (");
    row(1, 0, "an integer format is best for the only layer (");
}

void TestPlanAdvice::families()
{
    QFETCH(const int, layers);
    QFETCH(const int, palettes);
    QFETCH(const QString, sentence);
    std::vector<LayerInfo> infos;
    for (int i = 0; i < layers; ++i)
        infos.push_back(makeLayer("fc" + std::to_string(i), LayerKind::Linear, {64, 64}));
    const ModelInfo model = makeModel(infos);
    ScanSettings settings;
    settings.formats = scanFormats(ScanPreset::Quick);
    const ScanSpace space = makeScanSpace(model, settings);
    Sensitivity sensitivity = emptySensitivity(space, {Metric::Psnr});
    for (std::size_t u = 0; u < space.units.size(); ++u)
        for (std::size_t o = 1; o < space.options[u].size(); ++o) {
            const ScanOption& option = space.options[u][o];
            const bool palette = std::holds_alternative<PaletteConfig>(*option.spec);
            const bool better = palette == (int(u) < palettes);
            sensitivity.cells[u][o] = {std::pow(4.0, -option.codeBits) * (better ? 1 : 2)};
        }
    const auto advice = scanAdvice(space, model, sensitivity);
    const auto said = std::ranges::find_if(advice, [&](const std::string& one) {
        return one.find("At 4 bits " + sentence.toStdString()) == 0;
    });
    std::string all;
    for (const std::string& one : advice)
        all += one + '\n';
    QVERIFY2(said != advice.end(), all.c_str());
}

QTEST_APPLESS_MAIN(TestPlanAdvice)
#include "tst_plan_advice.moc"
