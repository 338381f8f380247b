#include "app/program.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include "app/command.h"
#include "app/exit_code.h"
#include "app/help.h"
#include "app/logging.h"
#include "app/usage.h"

namespace rmt::app {
namespace {

constexpr char kDescription[] = "Reads documents of any length with a recurrent memory transformer";
constexpr char kFooter[] =
    "\nEvery option can also be set as RMTLM_<OPTION> in the environment or in a configuration file;\n"
    "'rmt-lm config show --origin' prints what applies. Results go to standard output, logs to standard error.";

void add_subcommands(CLI::App& app, Settings& settings, Command& chosen) {
  add_convert(app, chosen);
  add_eval(app, chosen);
  add_attention(app, chosen);
  add_flops(app, chosen);
  add_prove(app, chosen);
  add_runs(app, chosen);
  add_serve(app, chosen);
  add_task(app, chosen);
  add_tokenizer(app, chosen);
  add_train(app, chosen);
  add_config(app, settings, chosen);
}

int parse_and_run(int argc, const char* const* argv, Surroundings surroundings) {
  CLI::App app(kDescription, "rmt-lm");
  app.set_version_flag("--version", "rmt-lm " RMTLM_VERSION, "Print the version and exit")->configurable(false);
  app.set_help_flag("-h,--help", "Print this help and exit")->configurable(false);
  app.formatter(help_formatter());
  app.option_defaults()->always_capture_default();
  app.require_subcommand(1);
  app.fallthrough();  // global options may come after the subcommand

  LogOptions log_options;
  add_log_options(app, log_options);
  Settings settings(app, std::move(surroundings));
  Command chosen;
  add_subcommands(app, settings, chosen);
  app.footer(kFooter);  // now, or every subcommand would have it too

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& done) {  // --help or --version
    return app.exit(done);
  } catch (const CLI::ParseError& error) {
    throw UsageError(usage_message(app, error));
  }
  start_logging(log_options);
  for (const std::string& warning : settings.warnings()) spdlog::warn("{}", warning);
  return chosen.run();
}

}  // namespace

int run_program(int argc, const char* const* argv, Surroundings surroundings) {
  try {
    const int code = parse_and_run(argc, argv, std::move(surroundings));
    if (std::fflush(stdout) != 0) throw std::system_error(errno, std::generic_category(), "Standard output");
    return code;
  } catch (...) {
    const Failure failure = classify(std::current_exception());
    fmt::print(stderr, "rmt-lm: {}\n", failure.message);
    return failure.code;
  }
}

}  // namespace rmt::app
