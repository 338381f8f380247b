// The program: reads the command line, runs the subcommand it names, turns errors into exit codes.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "app/command.h"
#include "app/exit_code.h"

int main(int argc, char** argv) {
  using namespace rmt::app;
  try {
    CLI::App app("Reads documents of any length with a recurrent memory transformer.", "rmt-lm");
    app.set_version_flag("--version", "rmt-lm " RMTLM_VERSION);
    app.require_subcommand(1);
    app.fallthrough();
    Command chosen;
#if __has_include("app/eval.cpp")
    add_eval(app, chosen);
#endif
#if __has_include("app/flops.cpp")
    add_flops(app, chosen);
#endif
#if __has_include("app/runs.cpp")
    add_runs(app, chosen);
#endif
#if __has_include("app/tokenizer.cpp")
    add_tokenizer(app, chosen);
#endif
    CLI11_PARSE(app, argc, argv);
    return chosen.run();
  } catch (...) {
    const Failure failure = classify(std::current_exception());
    std::fprintf(stderr, "rmt-lm: %s\n", failure.message.c_str());
    return failure.code;
  }
}
