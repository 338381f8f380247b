// What a process that reads somebody else's Lean may still do: compute, and answer through the pipes it has. Lean can
// be made to run any native code, so this, not Lean, is what stands between a text and the machine.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

namespace rmt::prover {

class JailError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

enum class Forking { allowed, forbidden };

/// For this process and all it will start, for good: no new privileges; no files opened, no programs run, no sockets,
/// no signals to others, no executable memory; no core dumps; at most `address_space` bytes mapped (Lean maps 2.3 GB
/// before it has read anything). What is not allowed fails with EPERM. Throws JailError where the kernel cannot do it:
/// then nothing of somebody else's may be read.
void enter_jail(uint64_t address_space, Forking forking);

/// Why enter_jail would throw; nothing where it would not. Tries it in a process of its own.
std::optional<std::string> jail_obstacle(uint64_t address_space);

/// Ends this process (SIGXCPU) once it has used `seconds` more of CPU time; works inside the jail.
void allow_cpu_seconds(int seconds);

/// Ends this process when its parent ends; at once where that was no longer `parent`.
void die_with(pid_t parent);

}  // namespace rmt::prover
