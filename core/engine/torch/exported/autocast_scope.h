// SPDX-License-Identifier: GPL-3.0-or-later
// Regions of a program that were traced under torch.autocast.
#pragma once

#include <ATen/autocast_mode.h>
#include <ATen/core/ivalue.h>

namespace bitfront::exported {

/// Autocast settings of this thread, put back at the end of the scope.
class AutocastScope
{
public:
    AutocastScope(c10::DeviceType device, bool enabled, const c10::IValue& type)
        : m_device(device)
        , m_enabled(at::autocast::is_autocast_enabled(device))
        , m_type(at::autocast::get_autocast_dtype(device))
        , m_cache(at::autocast::is_autocast_cache_enabled())
    {
        if (type.isInt())
            at::autocast::set_autocast_dtype(device, static_cast<at::ScalarType>(type.toInt()));
        at::autocast::set_autocast_enabled(device, enabled);
        at::autocast::set_autocast_cache_enabled(false); // weights are exchanged under its feet
    }
    ~AutocastScope()
    {
        at::autocast::set_autocast_enabled(m_device, m_enabled);
        at::autocast::set_autocast_dtype(m_device, m_type);
        at::autocast::set_autocast_cache_enabled(m_cache);
    }
    AutocastScope(const AutocastScope&) = delete;
    AutocastScope& operator=(const AutocastScope&) = delete;

private:
    c10::DeviceType m_device;
    bool m_enabled;
    at::ScalarType m_type;
    bool m_cache;
};

} // namespace bitfront::exported
