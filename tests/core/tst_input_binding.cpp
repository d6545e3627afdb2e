// SPDX-License-Identifier: GPL-3.0-or-later
// Which tensor is for which argument, and whether inputs look like noise: decisions that need no
// LibTorch.
#include "core/engine/input_binding.h"
#include "core/engine/inputs/input_nesting.h"
#include "tests/support/engine_data.h"

#include <QTest>

#include <cmath>
#include <random>

using namespace bitfront;
using namespace bitfront::test;

namespace {

ArgumentInfo argument(const char* name, bool required = true)
{
    return {name, required ? "Tensor" : "Optional[Tensor]", required};
}

/// "batch{x y}": a dict called "batch" with two numbers; "pair[0 1]" a list, "n" a number.
NamedValue valueOf(const QString& text)
{
    NamedValue named;
    const qsizetype open = std::max(text.indexOf('{'), text.indexOf('['));
    named.name = text.left(open).toStdString();
    named.value.kind = DataValue::Kind::Int;
    if (open < 0)
        return named;
    const bool isDict = text.at(open) == '{';
    named.value.kind = isDict ? DataValue::Kind::Dict : DataValue::Kind::List;
    for (const QString& key : text.mid(open + 1, text.size() - open - 2).split(' ')) {
        if (isDict)
            named.value.keys.push_back(key.toStdString());
        named.value.items.emplace_back().kind = DataValue::Kind::Int;
    }
    return named;
}

QString textOf(const NamedValue& named)
{
    QStringList parts;
    for (std::size_t i = 0; i < named.value.items.size(); ++i)
        parts << (named.value.kind == DataValue::Kind::Dict
                      ? QString::fromStdString(named.value.keys[i])
                      : QString::number(i));
    const QString name = QString::fromStdString(named.name);
    if (named.value.kind == DataValue::Kind::Dict)
        return name + '{' + parts.join(' ') + '}';
    return named.value.isContainer() ? name + '[' + parts.join(' ') + ']' : name;
}

} // namespace

class TestInputBinding : public QObject
{
    Q_OBJECT

private slots:
    void binding_data();
    void binding();
    void nesting_data();
    void nesting();
    void noiseCheck_data();
    void noiseCheck();
};

void TestInputBinding::binding_data()
{
    QTest::addColumn<QStringList>("names");
    QTest::addColumn<bool>("ordered");
    QTest::addColumn<QList<int>>("expected");
    QTest::addColumn<QString>("says");
    using L = QList<int>;
    QTest::newRow("by name") << QStringList {"mask", "ids"} << false << L {1, 0} << "";
    QTest::newRow("without the optional") << QStringList {"mask", "ids"} << true << L {1, 0} << "";
    QTest::newRow("by order") << QStringList {"0", "1"} << true << L {0, 1} << "";
    QTest::newRow("other names in order")
        << QStringList {"a", "b", "c"} << true << L {0, 1, 2} << "";
    QTest::newRow("no order") << QStringList {"a", "b"} << false << L {}
                              << "no order|“a”, “b”|ids: Tensor";
    QTest::newRow("too few") << QStringList {"a"} << true << L {} << "1 tensor|2 to 3 arguments";
    QTest::newRow("too many") << QStringList {"a", "b", "c", "d"} << true << L {} << "4 tensors";
    QTest::newRow("missing") << QStringList {"ids"} << true << L {} << "lacks “mask”";
    QTest::newRow("unknown") << QStringList {"ids", "mask", "z"} << true << L {}
                             << "“z”|does not take";
    QTest::newRow("none") << QStringList {} << true << L {} << "no tensor";
}

void TestInputBinding::binding()
{
    QFETCH(QStringList, names);
    QFETCH(bool, ordered);
    QFETCH(QList<int>, expected);
    QFETCH(QString, says);
    OfferedInputs offered;
    offered.ordered = ordered;
    for (const QString& name : names)
        offered.names.push_back(name.toStdString());
    const std::vector<ArgumentInfo> arguments {argument("ids"), argument("mask"),
                                               argument("extra", false)};
    QList<int> bound;
    const auto failure = failureOf([&] {
        for (const std::size_t index : bindInputs(offered, arguments))
            bound.push_back(static_cast<int>(index));
    });
    QCOMPARE(bound, expected);
    QCOMPARE(failure.has_value(), !says.isEmpty());
    if (failure)
        QVERIFY2(test::says(failure, "input_mismatch|" + says.toStdString()),
                 textOf(failure).c_str());
}

void TestInputBinding::nesting_data()
{
    QTest::addColumn<QStringList>("values");
    QTest::addColumn<QStringList>("arguments"); ///< name:type
    QTest::addColumn<QStringList>("expected");
    using L = QStringList;
    const L dict {"batch:Dict[str, Tensor]", "n:Tensor"},
        flat {"batch.x:Tensor", "batch.y:Tensor", "n:Tensor"};
    QTest::newRow("dict for leaves")
        << L {"batch{x y}", "n"} << flat << L {"batch.x", "batch.y", "n"};
    QTest::newRow("leaves for a dict")
        << L {"batch.x", "n", "batch.y"} << dict << L {"batch{x y}", "n"};
    QTest::newRow("dict for a dict") << L {"batch{x y}", "n"} << dict << L {"batch{x y}", "n"};
    QTest::newRow("leaves for leaves")
        << L {"batch.x", "batch.y"} << flat << L {"batch.x", "batch.y"};
    QTest::newRow("list for leaves")
        << L {"pair[0 1]"} << L {"pair.0:Tensor", "pair.1:Tensor"} << L {"pair.0", "pair.1"};
    QTest::newRow("leaves for a list")
        << L {"pair.0", "pair.1"} << L {"pair:List[Tensor]"} << L {"pair[0 1]"};
    QTest::newRow("list with a gap")
        << L {"pair.0", "pair.2"} << L {"pair:List[Tensor]"} << L {"pair[0]", "pair.2"};
    QTest::newRow("optional dict")
        << L {"batch.x"} << L {"batch:Optional[Dict[str, Tensor]]"} << L {"batch{x}"};
    QTest::newRow("no container") << L {"n.x"} << L {"n:Tensor"} << L {"n.x"};
    QTest::newRow("another dict") << L {"other{x y}"} << flat << L {"other{x y}"};
}

void TestInputBinding::nesting()
{
    QFETCH(QStringList, values);
    QFETCH(QStringList, arguments);
    QFETCH(QStringList, expected);
    std::vector<NamedValue> named;
    for (const QString& value : values)
        named.push_back(valueOf(value));
    std::vector<ArgumentInfo> infos;
    for (const QString& one : arguments)
        infos.push_back(
            {one.section(':', 0, 0).toStdString(), one.section(':', 1).toStdString(), true});
    fitNesting(named, infos);
    QStringList found;
    for (const NamedValue& value : named)
        found << textOf(value);
    QCOMPARE(found, expected);
}

void TestInputBinding::noiseCheck_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<bool>("noise");
    QTest::newRow("normal") << "normal" << true;
    QTest::newRow("uniform") << "uniform" << true;
    QTest::newRow("wave") << "wave" << false;
    QTest::newRow("noisy wave") << "noisy wave" << false;
    QTest::newRow("rows alike") << "rows" << false;
    QTest::newRow("constant") << "constant" << false;
}

void TestInputBinding::noiseCheck()
{
    QFETCH(QString, kind);
    QFETCH(bool, noise);
    std::mt19937 generator(3);
    std::normal_distribution<float> normal;
    std::uniform_real_distribution<float> uniform(0, 1);
    const std::vector<std::int64_t> shape {4, 3, 16, 16};
    std::vector<float> values;
    std::vector<float> row(16);
    for (int i = 0; i < 4 * 3 * 16 * 16; ++i) {
        if (i % 256 == 0)
            for (float& value : row)
                value = normal(generator);
        const float wave = std::sin(static_cast<float>(i % 16) / 3);
        values.push_back(kind == "normal"           ? normal(generator)
                             : kind == "uniform"    ? uniform(generator)
                             : kind == "wave"       ? wave
                             : kind == "noisy wave" ? wave + 0.7F * normal(generator)
                             : kind == "rows"       ? row[static_cast<std::size_t>(i % 16)]
                                                    : 0.25F);
    }
    QCOMPARE(looksLikeNoise(values, shape), noise);
    QVERIFY(!looksLikeNoise(std::span(values).first(16), std::vector<std::int64_t> {4, 4}));
}

QTEST_GUILESS_MAIN(TestInputBinding)
#include "tst_input_binding.moc"
