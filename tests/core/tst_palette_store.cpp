// SPDX-License-Identifier: GPL-3.0-or-later
// Lookup tables on the disk: another process finds none of them again, and no damage to the file
// changes a table.
#include "core/engine/palette_cache.h"
#include "core/engine/weight_compressor.h"
#include "tests/support/palette_helpers.h"
#include "tests/support/run_files.h"

#include <QTemporaryDir>
#include <QTest>

using namespace bitfront;

namespace {

namespace fs = std::filesystem;

constexpr auto kRounding = PaletteRounding::Automatic;

std::vector<PaletteSpec> sweepSpecs()
{
    std::vector<PaletteSpec> specs;
    for (const CompressionConfig& config : baseConfigurations())
        if (const auto* palette = std::get_if<PaletteConfig>(&config.spec))
            specs.push_back(paletteSpec(*palette));
    return specs;
}

bool sameTables(const FoundPalette& a, const FoundPalette& b)
{
    return a.spec == b.spec && a.tables.groups == b.tables.groups
        && a.tables.entries == b.tables.entries && a.tables.lut == b.tables.lut
        && a.tables.boundaries == b.tables.boundaries
        && a.tables.channelScales == b.tables.channelScales
        && a.tables.rawGroups == b.tables.rawGroups;
}

} // namespace

class TestPaletteStore : public QObject
{
    Q_OBJECT

private slots:
    void init() { m_file = fs::path(m_directory.path().toStdString()) / "tables.bin"; }
    void cleanup() { fs::remove_all(m_file); }
    void nothingIsFoundAgain();
    void damage_data();
    void damage();
    void anotherModel();
    void otherLayers();
    void otherShapes();
    void noRoom();
    void noFile();

private:
    using Found = std::vector<std::shared_ptr<const FoundPalette>>;
    /// All tables of the default sweep, as a process finds them that begins now; how often it had
    /// to search is left in m_searches.
    Found sweep(const std::string& model = "model");

    QTemporaryDir m_directory;
    fs::path m_file;
    LayerInfo m_layer = [] {
        LayerInfo layer;
        layer.name = "layer";
        layer.shape = {64, 90};
        return layer;
    }();
    const std::vector<float> m_weights = test::normalValues(64 * 90, 1e-5F, 3); // exact mode pays
    std::int64_t m_searches = 0;
};

TestPaletteStore::Found TestPaletteStore::sweep(const std::string& model)
{
    PaletteCache cache;
    cache.keepIn(std::make_unique<PaletteStore>(m_file, model));
    for (const PaletteSpec& spec : sweepSpecs())
        cache.expect(0, m_layer, spec, kRounding);
    Found found;
    for (const PaletteSpec& spec : sweepSpecs())
        found.push_back(cache.find(0, m_weights, m_layer, spec, kRounding, {}));
    m_searches = cache.work().paletteSearches;
    return found;
}

void TestPaletteStore::nothingIsFoundAgain()
{
    const Found first = sweep();
    QCOMPARE(m_searches, 2); // with and without channel scales
    QVERIFY(std::any_of(first.begin(), first.end(),
                        [](const auto& one) { return !one->spec.fastMode; }));
    const auto size = fs::file_size(m_file);
    const Found second = sweep();
    QCOMPARE(m_searches, 0);
    QCOMPARE(fs::file_size(m_file), size);
    for (std::size_t i = 0; i < first.size(); ++i)
        QVERIFY(sameTables(*first[i], *second[i]));
}

void TestPaletteStore::damage_data()
{
    QTest::addColumn<double>("place");
    QTest::addColumn<bool>("cut");
    for (const double place : {0.0, 0.01, 0.3, 0.62, 0.99}) {
        const std::string name = std::to_string(int(place * 100)) + " %";
        QTest::newRow(("cut at " + name).c_str()) << place << true;
        QTest::newRow(("flipped at " + name).c_str()) << place << false;
    }
}

void TestPaletteStore::damage()
{
    QFETCH(double, place);
    QFETCH(bool, cut);
    const Found first = sweep();
    std::string content = test::slurp(m_file);
    const auto at = static_cast<std::size_t>(place * double(content.size() - 1));
    if (cut)
        content.resize(at);
    else
        content[at] = char(content[at] ^ 0x40);
    test::spit(m_file, content);
    const Found second = sweep();
    QVERIFY(m_searches > 0);
    for (std::size_t i = 0; i < first.size(); ++i)
        QVERIFY(sameTables(*first[i], *second[i]));
    sweep();
    QCOMPARE(m_searches, 0); // the file is whole again
}

void TestPaletteStore::anotherModel()
{
    sweep("model");
    sweep("other");
    QVERIFY(m_searches > 0);
    sweep("other");
    QCOMPARE(m_searches, 0);
}

/// A later version of the program finds one more layer in the same file: indices move on.
void TestPaletteStore::otherLayers()
{
    ModelInfo model;
    model.sha256 = "feed";
    model.layers = {m_layer};
    sweep(layersText(model));
    sweep(layersText(model));
    QCOMPARE(m_searches, 0);
    model.layers.insert(model.layers.begin(), m_layer);
    model.layers.front().name = "earlier";
    sweep(layersText(model));
    QVERIFY(m_searches > 0);
}

void TestPaletteStore::otherShapes()
{
    sweep();
    PaletteStore store(m_file, "model");
    const PaletteKey key {0, sweepSpecs().front(), kRounding};
    QVERIFY(store.holds(key));
    QVERIFY(store.read(key, 64, 64));
    PaletteKey scaled = key;
    for (const PaletteSpec& spec : sweepSpecs())
        if (spec.channelScale && spec.groupSize > 0)
            scaled.spec = spec;
    QVERIFY(store.read(scaled, 64, 64));
    QVERIFY(!store.read(scaled, 32, 64));
    QVERIFY(!store.read(scaled, 64, 32));
}

void TestPaletteStore::noRoom()
{
    const Found first = sweep();
    PaletteStore small(m_file, "another", 4000);
    for (std::size_t i = 0; i < first.size(); ++i)
        small.append({0, sweepSpecs()[i], kRounding}, *first[i]);
    QVERIFY(fs::file_size(m_file) <= 4000);
}

void TestPaletteStore::noFile()
{
    fs::create_directory(m_file); // nothing can be written there
    const Found first = sweep();
    QVERIFY(first.front());
    QVERIFY(m_searches > 0);
}

QTEST_APPLESS_MAIN(TestPaletteStore)
#include "tst_palette_store.moc"
