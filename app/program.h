// The whole program as a function of its arguments and surroundings.
#pragma once

#include "app/settings.h"

namespace rmt::app {

/// Parses, runs the chosen subcommand and returns its exit code. Never throws: an error is printed to
/// standard error as "rmt-lm: <message>" and becomes its ExitCode.
int run_program(int argc, const char* const* argv, Surroundings surroundings);

}  // namespace rmt::app
