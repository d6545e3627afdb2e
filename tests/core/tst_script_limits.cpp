// SPDX-License-Identifier: GPL-3.0-or-later
// What LibTorch's TorchScript reader is never shown: code and data nested without end, sizes that
// are not there, code that runs while the file is read. And names made fit to be shown.
#include "core/base/printable.h"
#include "core/engine/files/script_limits.h"
#include "tests/support/engine_data.h"
#include "tests/support/small_zip.h"

#include <QTest>

using namespace bitfront;
using namespace bitfront::test;

namespace {

QByteArray repeated(const char* text, int times)
{
    return QByteArray(text).repeated(times);
}

std::string u32(std::uint32_t value)
{
    std::string text;
    for (int i = 0; i < 4; ++i)
        text += static_cast<char>(value >> (8 * i));
    return text;
}

std::string shortText(const std::string& text)
{
    return std::string("X").append(u32(static_cast<std::uint32_t>(text.size()))).append(text);
}

/// A tensor of `count` floats in the storage "0".
std::string tensorOf(std::uint32_t count)
{
    return "\x80\x02"
           "ctorch._utils\n_rebuild_tensor_v2\n(("
        + shortText("storage") + "ctorch\nFloatStorage\n" + shortText("0") + shortText("cpu") + "J"
        + u32(count) + std::string("tQK\0", 4) + ")\x85)\x85\x89"
        + "ccollections\nOrderedDict\n)RtR.";
}

} // namespace

class TestScriptLimits : public QObject
{
    Q_OBJECT

private slots:
    void depth_data();
    void depth();
    void code_data();
    void code();
    void pickles_data();
    void pickles();
    void names_data();
    void names();
};

void TestScriptLimits::depth_data()
{
    QTest::addColumn<QByteArray>("code");
    QTest::addColumn<QString>("problem"); ///< empty: fine
    const auto row = [](const char* name, const QByteArray& code, const char* problem) {
        QTest::newRow(name) << code << problem;
    };
    row("plain", "def forward(self, x):\n  return torch.add(x, (1))\n", "");
    row("brackets", repeated("(", 300), "brackets nested");
    row("mixed brackets", repeated("[({", 100), "brackets nested");
    row("closed again", repeated("(x)\n", 5000), "");
    row("long list", "x = [" + repeated("1, ", 100'000) + "]\n", "");
    row("long tuple", repeated("a, ", 100'000) + "= x\n", "");
    row("sum", "return " + repeated("1+", 1500) + "1\n", "more than 2000 parts");
    row("signs", "return " + repeated("-", 3000) + "1\n", "more than 2000 parts");
    row("calls", "return f" + repeated("()", 3000) + "\n", "more than 2000 parts");
    row("continued", "return " + repeated("1+\\\n", 1500) + "1\n", "more than 2000 parts");
    row("in brackets over lines", "return (" + repeated("1+\n", 1500) + "1)\n",
        "more than 2000 parts");
    row("many lines", repeated("x = a.b.c + 1\n", 20'000), "");
    row("blocks", repeated(" ", 3000) + "\n" + repeated(" ", 3000) + "pass\n", "blocks nested");
    row("branches", repeated("elif x:\n  pass\n", 2000), "branches");
    row("brackets in a string", "x = \"" + repeated("(", 300) + "\"\n", "");
    row("escaped mark", "x = \"\\\"" + repeated("(", 300) + "\"\n", "");
    row("three marks", "x = \"\"\"a\"" + repeated("(\n", 300) + "\"\"\"\n", "");
    row("a string that does not end", "x = \"\n" + repeated("(", 300), "brackets nested");
    row("after a string", "x = ''\ny = " + repeated("(", 300), "brackets nested");
}

void TestScriptLimits::depth()
{
    QFETCH(QByteArray, code);
    QFETCH(QString, problem);
    const auto found = tooDeep(code.toStdString());
    QCOMPARE(found.has_value(), !problem.isEmpty());
    QVERIFY(!found || QString::fromStdString(*found).contains(problem));
}

void TestScriptLimits::code_data()
{
    QTest::addColumn<QByteArray>("code");
    QTest::addColumn<QString>("says");
    QTest::newRow("own") << QByteArray("def __setstate__(self, x):\n  pass\n")
                         << "unsupported_model|__setstate__|m/code/a.py";
    QTest::newRow("quantized") << QByteArray("def __setstate__(self, x):\n  "
                                             "y = ops.quantized.linear_prepack(x)\n")
                               << "";
    QTest::newRow("quantized, loop") << QByteArray("def __setstate__(self, x):\n  while True:\n    "
                                                   "y = ops.quantized.linear_prepack(x)\n")
                                     << "unsupported_model|__setstate__";
    QTest::newRow("mentioned") << QByteArray("# __setstate__\n") << "";
    QTest::newRow("deep") << repeated("(", 1000) << "bad_format|m/code/a.py|brackets";
}

void TestScriptLimits::code()
{
    QFETCH(QByteArray, code);
    QFETCH(QString, says);
    const FileBytes bytes = smallZip({{"m/code/a.py", code.toStdString()}});
    const ZipArchive zip(bytes);
    const auto failure = failureOf([&] { refuseUnsafeCode(zip); });
    QCOMPARE(failure.has_value(), !says.isEmpty());
    QVERIFY2(says.isEmpty() || test::says(failure, says.toStdString()), textOf(failure).c_str());
}

void TestScriptLimits::pickles_data()
{
    QTest::addColumn<QByteArray>("pickle");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* name, const std::string& pickle, const char* says) {
        QTest::newRow(name) << QByteArray::fromStdString(pickle) << says;
    };
    const std::string head = "\x80\x02";
    row("module", head + "c__torch__\nNet\n)\x81}b.", "");
    row("tensor", tensorOf(4), "");
    row("part of a storage", tensorOf(2), "");
    row("more than the storage", tensorOf(5), "m/data/0|shorter than its tensor");
    row("negative", tensorOf(0xffffffffU), "shorter than its tensor");
    row("deep tuples", head + ")" + std::string(300, '\x85') + ".", "nested more than 256");
    row("deep lists", head + std::string(300, ']') + std::string(299, 'a') + ".",
        "nested more than 256");
    row("shared", head + std::string("]q\0(h\0h\0h\0t.", 12), "");
    row("in itself", head + std::string("]q\0h\0a.", 7), "holds itself");
    row("state of itself", head + "c__torch__\nNet\n)\x81" + std::string("q\0h\0b.", 6),
        "holds itself");
    row("deep type",
        head + "ctorch.jit._pickle\nrestore_type_tag\n]" + shortText(std::string(100, '['))
            + "\x86R.",
        "name of a type");
    row("long text", head + "X\xff\xff\xff\xff.", "breaks off");
    row("far memo", head + "Nr\xff\xff\xff\xff.", "remembers nothing");
    row("foreign", head + "cos\nsystem\n)R.", "“os.system”");
    row("foreign object", head + "cos\nsystem\n)\x81.", "“os.system”");
}

void TestScriptLimits::pickles()
{
    QFETCH(QByteArray, pickle);
    QFETCH(QString, says);
    for (const char* name : {"data", "constants"}) {
        const std::string folder = std::string("m/") + name;
        const FileBytes bytes = smallZip(
            {{folder + ".pkl", pickle.toStdString()}, {folder + "/0", std::string(16, '\0')}});
        const ZipArchive zip(bytes);
        const auto failure = failureOf([&] { refuseUnsafePickles(zip); });
        std::string wanted = says.toStdString();
        if (const auto at = wanted.find("m/data"); at != std::string::npos)
            wanted.replace(at, 6, folder);
        QVERIFY2(failure.has_value() == !says.isEmpty(), textOf(failure).c_str());
        QVERIFY2(says.isEmpty() || test::says(failure, "bad_format|" + wanted),
                 textOf(failure).c_str());
    }
}

void TestScriptLimits::names_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("shown");
    const auto row = [](const char* name, const QByteArray& text, const QByteArray& shown) {
        QTest::newRow(name) << text << shown;
    };
    row("plain", "layer1.conv", "layer1.conv");
    row("words", "größe 測試 🙂", "größe 測試 🙂");
    row("escape", "a\x1b[31mb", "a\\x1b[31mb");
    row("new line", "a\nb\t", "a\\x0ab\\x09");
    row("nul", QByteArray("a\0b", 3), "a\\x00b");
    row("delete", "a\x7f", "a\\x7f");
    row("second set of controls", "a\xc2\x9b", "a\\x9b");
    row("no UTF-8", "a\xff\xc3", "a\\xff\\xc3");
    row("too long a form", "\xc0\xaf", "\\xc0\\xaf");
    row("surrogate", "\xed\xa0\x80", "\\xed\\xa0\\x80");
    row("right to left",
        "a\xe2\x80\xae"
        "b",
        "a\\u202eb");
    row("again", "a\\x1b", "a\\x1b");
}

void TestScriptLimits::names()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, shown);
    QCOMPARE(QByteArray::fromStdString(printable(text.toStdString())), shown);
    QCOMPARE(QByteArray::fromStdString(printable(shown.toStdString())), shown);
    std::set<std::string> taken;
    QCOMPARE(distinct("a", taken), std::string("a"));
    QCOMPARE(distinct("a", taken), std::string("a_2"));
    QCOMPARE(distinct("a_2", taken), std::string("a_2_2"));
}

QTEST_GUILESS_MAIN(TestScriptLimits)
#include "tst_script_limits.moc"
