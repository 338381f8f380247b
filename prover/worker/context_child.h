// The jailed side of a context: a process that has elaborated a file's beginning, and forks for every batch of items.
#pragma once

#include <sys/types.h>

#include "prover/worker/elaborator.h"
#include "prover/worker/limits.h"
#include "prover/worker/wire.h"

namespace rmt::prover {

/// What a child has of its parent: a library loaded once for all.
struct LoadedLibrary {
  LeanHeader header;  ///< imports it
  LeanState state;
};

/// In a forked child, for good. `request` has the context. What goes through `channel`, to the parent: its Reply; then
/// for each Batch that comes in, a Reply to each item, and BatchEnd.
[[noreturn]] void be_context(const LoadedLibrary& library, const Request& request, const WorkerLimits& limits,
                             int channel, pid_t parent);

}  // namespace rmt::prover
