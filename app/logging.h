// The program's log: to standard error, at the level --log-level and --quiet ask for.
#pragma once

#include <CLI/App.hpp>
#include <string>

namespace rmt::app {

struct LogOptions {
  std::string level = "info";
  bool quiet = false;  ///< errors only
};

void add_log_options(CLI::App& app, LogOptions& options);

/// Makes spdlog's default logger write to standard error. Call once, after parsing.
void start_logging(const LogOptions& options);

}  // namespace rmt::app
