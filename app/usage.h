// What the program says when the command line is wrong.
#pragma once

#include <CLI/App.hpp>
#include <string>

namespace rmt::app {

/// `error`, thrown by app.parse(), as full sentences: what is wrong, the closest known subcommand or
/// option for a mistyped one, and where to read on.
std::string usage_message(const CLI::App& app, const CLI::ParseError& error);

}  // namespace rmt::app
