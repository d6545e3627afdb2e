// SPDX-License-Identifier: GPL-3.0-or-later
// A run small enough to work out every reported figure by hand.
#pragma once

#include "core/run/run_folder.h"

namespace bitfront::test {

/// One layer of 1000 weights and a bias of 24, so that every figure can be worked out by hand:
/// 16384 bits at fp16; at `bits` per weight (24·16 + 1000·bits) / 1024 on average.
inline ModelInfo handModel()
{
    ModelInfo model;
    model.path = "/models/tiny.pt";
    model.fileName = "tiny.pt";
    model.format = "TorchScript";
    model.sha256 = "0123abcd";
    LayerInfo layer;
    layer.name = layer.module = "fc";
    layer.parameter = "weight";
    layer.moduleType = "torch.nn.modules.linear.Linear";
    layer.shape = {10, 100};
    model.layers = {layer};
    model.plainParameters = {{"fc.bias", {24}, 24}};
    model.modules = {{"", "__torch__.Tiny"}};
    return model;
}

inline ResultRecord handRecord(const std::string& name, GroupId group, int bits, double quality)
{
    ResultRecord record;
    record.config.name = name;
    record.config.group = group;
    if (group == GroupId::Palette)
        record.config.spec = PaletteConfig {};
    record.configPath = "configs/" + name + ".yaml";
    record.finishedAt = "2026-01-02T03:04:05Z";
    Measurement measured;
    measured.outputs = {{"out_0", Metric::Psnr, quality, quality}};
    LayerStorage layer;
    layer.layer = "fc";
    layer.elements = 1000;
    layer.kind = StorageKind::Quantized;
    layer.spec = record.config.spec;
    layer.bitsPerCode = bits;
    layer.bits.codes = 1000 * bits;
    layer.weightErrorDb = -6.0 * bits;
    measured.layers = {layer};
    measured.size = accountSize(handModel(), measured.layers);
    measured.timeMs = 12.4;
    record.outcome = measured;
    return record;
}

inline RunContents handRun()
{
    RunContents run;
    RunHeader& header = run.header;
    header.createdAt = "2026-01-02T03:00:00Z";
    header.bitfrontVersion = "0.1.0";
    header.engineVersion = "LibTorch 2.13.0";
    header.model = handModel();
    header.inputsPath = "/data/in.npz";
    header.inputsSha256 = "feed";
    header.inputs = {{"x", "x", "float32", {1, 100}, -1, 1, false}};
    header.outputs = {{"out_0", "float32", {1, 10}, -3, 3, 0, false}};
    header.metrics = {{"out_0", Metric::Psnr, 10}};
    header.fp16Quality = {{"out_0", Metric::Psnr, 70, 75.126}};
    header.plan =
        makePlan({GroupId::PerChannel, GroupId::Palette}, {}, false, IndivisiblePolicy::Nearest);
    header.commandLine = "bitfront-cli run tiny.pt --inputs in.npz --out tiny.bitfront --yes";
    run.state = RunState::Finished;
    run.wallMs = 245300;
    return run;
}

} // namespace bitfront::test
