// The step between two programs: what happens in the child from fork to exec.
#pragma once

#include "prover/backends/child_process.h"

namespace rmt::prover {

/// The child's ends of its three pipes.
struct ChildPipes {
  int input, output, errors;
};

/// Starts the program in a session of its own and returns when it runs, or throws ChildError.
pid_t start_child(const ChildCommand& command, const ChildPipes& pipes);

}  // namespace rmt::prover
