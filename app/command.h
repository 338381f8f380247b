// How a subcommand joins the program. Each lives in one file, which registers its options, stores
// what to run, and then reads as a story from top to bottom:
//
//   void add_runs(CLI::App& app, Command& chosen) {
//     auto options = std::make_shared<RunsOptions>();
//     CLI::App* command = app.add_subcommand("runs", "List the runs of a trace database");
//     command->add_option("--db", options->db, "Trace database")->required();
//     command->callback([options, &chosen] { chosen.run = [options] { return run(*options); }; });
//   }
//
// Check numbers with CLI::Range(low, high), whose message reads well (CLI::PositiveNumber's does not).
// Every option with a long name can also come from the environment and the configuration file, with
// no code in the subcommand (see settings.h). A subcommand writes results to standard output, logs
// through spdlog (standard error), throws a module's Error for what ends it, or returns an ExitCode.
#pragma once

#include <CLI/App.hpp>
#include <functional>

namespace rmt::app {

/// What the command line chose. `run` is called once, after all options have their values.
struct Command {
  std::function<int()> run;
};

class Settings;

void add_attention(CLI::App& app, Command& chosen);
void add_config(CLI::App& app, Settings& settings, Command& chosen);
void add_convert(CLI::App& app, Command& chosen);
void add_eval(CLI::App& app, Command& chosen);
void add_flops(CLI::App& app, Command& chosen);
void add_prove(CLI::App& app, Command& chosen);
void add_runs(CLI::App& app, Command& chosen);
void add_serve(CLI::App& app, Command& chosen);
void add_task(CLI::App& app, Command& chosen);
void add_tokenizer(CLI::App& app, Command& chosen);
void add_train(CLI::App& app, Command& chosen);

}  // namespace rmt::app
