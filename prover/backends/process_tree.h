// The processes below a process, also those that made groups or sessions of their own, as Lean's server does.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

namespace rmt::prover {

/// `root` and all below it as /proc shows them now, parents first.
std::vector<pid_t> process_tree(pid_t root);

/// Physical memory of these together; pages shared between them count for each.
uint64_t resident_bytes(const std::vector<pid_t>& processes);

/// SIGKILL to all of the tree, and to what it started meanwhile.
void kill_tree(pid_t root);

}  // namespace rmt::prover
