// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/input_binding.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace bitfront {

namespace {

std::string listText(const std::vector<std::string>& names)
{
    std::string text;
    for (const std::string& name : names)
        text.append(text.empty() ? "“" : ", “").append(name).append("”");
    return text;
}

std::optional<std::size_t> indexOf(const std::vector<ArgumentInfo>& arguments,
                                   const std::string& name)
{
    for (std::size_t i = 0; i < arguments.size(); ++i)
        if (arguments[i].name == name)
            return i;
    return {};
}

std::string countText(std::size_t count, const std::string& what)
{
    return std::to_string(count) + ' ' + what + (count == 1 ? "" : "s");
}

[[noreturn]] void mismatch(const std::string& message, const std::vector<ArgumentInfo>& arguments,
                           const std::string& hint)
{
    throw Error(Failure {ErrorCode::InputMismatch,
                         message + " The model takes " + argumentsText(arguments) + '.', hint, "",
                         Remedy::Bind});
}

std::vector<std::size_t> bindByOrder(const OfferedInputs& offered,
                                     const std::vector<ArgumentInfo>& arguments)
{
    const auto required = static_cast<std::size_t>(std::count_if(
        arguments.begin(), arguments.end(), [](const ArgumentInfo& a) { return a.required; }));
    const std::size_t count = offered.names.size();
    if (count < required || count > arguments.size())
        mismatch(
            "The inputs file holds " + countText(count, "tensor") + ", the model needs "
                + (required == arguments.size() ? std::string() : std::to_string(required) + " to ")
                + countText(arguments.size(), "argument") + '.',
            arguments,
            "Save one tensor for each argument, e.g. torch.save({\"" + arguments.front().name
                + "\": …}, \"inputs.pt\").");
    if (!offered.ordered && count > 1)
        mismatch("None of the names in the inputs file (" + listText(offered.names)
                     + ") is an argument of the model, and this kind of file has no order.",
                 arguments, "Name the tensors as the arguments.");
    std::vector<std::size_t> binding(count);
    for (std::size_t i = 0; i < count; ++i)
        binding[i] = i;
    return binding;
}

/// "2": the place of an argument in order, next to others with names.
std::optional<std::size_t> placeOf(const std::string& name, std::size_t count)
{
    const bool number = !name.empty() && name.size() < 4
        && std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
    const std::size_t place = number ? std::stoul(name) : count;
    return place < count ? std::optional(place) : std::nullopt;
}

std::vector<std::size_t> bindByName(const OfferedInputs& offered,
                                    const std::vector<ArgumentInfo>& arguments)
{
    std::vector<std::size_t> binding;
    std::vector<std::string> unknown, missing;
    std::vector<bool> given(arguments.size(), false);
    for (const std::string& name : offered.names) {
        std::optional<std::size_t> index = indexOf(arguments, name);
        if (!index && offered.ordered)
            index = placeOf(name, arguments.size());
        if (!index || given[*index]) {
            unknown.push_back(name);
            continue;
        }
        given[*index] = true;
        binding.push_back(*index);
    }
    for (std::size_t i = 0; i < arguments.size(); ++i)
        if (arguments[i].required && !given[i])
            missing.push_back(arguments[i].name);
    if (!missing.empty())
        mismatch("The inputs file lacks " + listText(missing)
                     + (unknown.empty() ? "." : "; it holds " + listText(offered.names) + '.'),
                 arguments, "Add what is missing, under the name of the argument.");
    if (!unknown.empty())
        mismatch("The inputs file holds " + listText(unknown) + ", which the model does not take.",
                 arguments, "Leave it out or rename it.");
    return binding;
}

/// Binds what `wanted` names, then the rest by name and, where that leaves gaps, by order.
std::vector<std::size_t> bindAsWanted(const OfferedInputs& offered,
                                      const std::vector<ArgumentInfo>& arguments,
                                      const std::vector<InputBinding>& wanted)
{
    std::vector<std::size_t> binding(offered.names.size(), kUnbound);
    std::vector<bool> given(arguments.size(), false);
    for (const InputBinding& one : wanted) {
        const std::optional<std::size_t> argument = indexOf(arguments, one.argument);
        if (!argument)
            throw Error(ErrorCode::BadArgument,
                        "The model has no argument “" + one.argument + "”. It takes "
                            + argumentsText(arguments) + '.',
                        "Name one of these.", one.argument);
        auto name = std::find(offered.names.begin(), offered.names.end(), one.name);
        const std::optional<std::size_t> place = placeOf(one.name, offered.names.size());
        if (name == offered.names.end() && place)
            name = offered.names.begin() + static_cast<std::ptrdiff_t>(*place);
        if (name == offered.names.end())
            throw Error(ErrorCode::BadArgument,
                        "The inputs file holds no tensor “" + one.name + "”; it holds "
                            + listText(offered.names) + '.',
                        "Name one of these, or its number from 0.", one.name);
        binding[static_cast<std::size_t>(name - offered.names.begin())] = *argument;
        given[*argument] = true;
    }
    for (std::size_t i = 0; i < binding.size(); ++i) {
        const std::optional<std::size_t> index = indexOf(arguments, offered.names[i]);
        if (binding[i] == kUnbound && index && !given[*index]) {
            binding[i] = *index;
            given[*index] = true;
        }
    }
    for (std::size_t argument = 0; argument < arguments.size(); ++argument) {
        const auto free = std::find(binding.begin(), binding.end(), kUnbound);
        if (given[argument] || !arguments[argument].required)
            continue;
        if (!offered.ordered || free == binding.end())
            mismatch("No tensor is left for “" + arguments[argument].name
                         + "”; the inputs file holds " + listText(offered.names) + '.',
                     arguments, "Say which tensor it gets.");
        *free = argument;
    }
    return binding;
}

/// Correlation of values that are `stride` apart along an axis of `extent`, over the whole tensor.
std::optional<double> neighbourCorrelation(std::span<const float> values, std::size_t extent,
                                           std::size_t stride)
{
    double sumA = 0, sumB = 0, sumAA = 0, sumBB = 0, sumAB = 0, count = 0;
    const double shift =
        values.front(); // keeps the sums small when all values share a large offset
    for (std::size_t i = 0; i + stride < values.size(); ++i) {
        if ((i / stride) % extent == extent - 1)
            continue; // the last along its axis has no neighbour
        const double a = values[i] - shift, b = values[i + stride] - shift;
        sumA += a;
        sumB += b;
        sumAA += a * a;
        sumBB += b * b;
        sumAB += a * b;
        count += 1;
    }
    const double varianceA = sumAA - sumA * sumA / count;
    const double varianceB = sumBB - sumB * sumB / count;
    if (!(varianceA > 0) || !(varianceB > 0))
        return {};
    return (sumAB - sumA * sumB / count) / std::sqrt(varianceA * varianceB);
}

} // namespace

std::string argumentsText(const std::vector<ArgumentInfo>& arguments)
{
    std::string text;
    for (const ArgumentInfo& argument : arguments) {
        text += text.empty() ? "" : ", ";
        text += argument.name + ": " + argument.type + (argument.required ? "" : " (optional)");
    }
    return text.empty() ? "no arguments" : text;
}

std::vector<std::size_t> bindInputs(const OfferedInputs& offered,
                                    const std::vector<ArgumentInfo>& arguments,
                                    const std::vector<InputBinding>& wanted)
{
    if (offered.names.empty())
        throw Error(ErrorCode::InputMismatch, "The inputs file holds no tensor.",
                    "Save the tensors that the model takes: " + argumentsText(arguments) + '.');
    if (arguments.empty())
        throw Error(ErrorCode::InputMismatch,
                    "The model takes no arguments, so nothing can be given to it.",
                    "Export a model whose forward() takes its inputs as arguments.");
    if (!wanted.empty())
        return bindAsWanted(offered, arguments, wanted);
    const bool named =
        std::any_of(offered.names.begin(), offered.names.end(),
                    [&](const std::string& name) { return indexOf(arguments, name).has_value(); });
    return named ? bindByName(offered, arguments) : bindByOrder(offered, arguments);
}

bool looksLikeNoise(std::span<const float> values, std::span<const std::int64_t> shape)
{
    constexpr std::size_t minValues = 256;
    constexpr std::int64_t minExtent = 4;
    constexpr double sigmas = 4; // the correlation of n independent pairs is about 1/√n
    if (values.size() < minValues || shape.size() < 2)
        return false;
    const std::size_t spatial = shape.size() >= 4 ? 2 : 1; // axes to look along, from the last one
    std::size_t stride = 1;
    bool looked = false;
    for (std::size_t back = 0; back < spatial; ++back) {
        const std::int64_t extent = shape[shape.size() - 1 - back];
        if (extent >= minExtent) {
            const auto r = neighbourCorrelation(values, static_cast<std::size_t>(extent), stride);
            if (!r || std::abs(*r) > sigmas / std::sqrt(static_cast<double>(values.size())))
                return false;
            looked = true;
        }
        stride *= static_cast<std::size_t>(extent);
    }
    return looked;
}

} // namespace bitfront
