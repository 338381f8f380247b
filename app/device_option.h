// --device: what a command computes on.
#pragma once

#include <c10/core/Device.h>

#include <CLI/App.hpp>
#include <string>

namespace rmt::app {

/// Gives `command` the option; `device` must live as long as it.
void add_device_option(CLI::App& command, std::string& device);

/// The device by its name. Of several processes on one machine, each with --device cuda, every one takes a GPU of its
/// own. Throws model::DeviceError where it cannot be had.
c10::Device open_device(const std::string& name);

/// The same, and what was found is logged.
c10::Device open_device_aloud(const std::string& name);

/// The dense bf16 products the device does in a second, by its vendor; 0 where that is not known.
double peak_flops(const c10::Device& device);

}  // namespace rmt::app
