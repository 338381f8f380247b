#include "app/logging.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/Validators.hpp>
#include <memory>

namespace rmt::app {

void add_log_options(CLI::App& app, LogOptions& options) {
  app.add_option("--log-level", options.level, "How much to log: trace, debug, info, warning, error or off")
      ->check(CLI::IsMember({"trace", "debug", "info", "warning", "error", "off"}).description(""))
      ->type_name("LEVEL");
  app.add_flag("--quiet,-q", options.quiet, "Log errors only, and show no progress");
}

void start_logging(const LogOptions& options) {
  auto logger = std::make_shared<spdlog::logger>("rmt-lm", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
  logger->set_pattern("%H:%M:%S %^%l%$ %v");
  logger->set_level(options.quiet ? spdlog::level::err : spdlog::level::from_str(options.level));
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace rmt::app
