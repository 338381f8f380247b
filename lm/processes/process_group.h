// Several processes as one run, over libtorch's own collectives (c10d with gloo), on one machine or many; tensors on
// GPUs are added by NCCL where it is there.
#pragma once

#include <chrono>
#include <memory>

#include "lm/processes/device_sums.h"
#include "lm/processes/process_place.h"
#include "lm/processes/processes.h"

namespace rmt::lm {

/// How long a process waits for another: to be started, and for a sign of life in between.
struct PeerPatience {
  std::chrono::milliseconds to_start = std::chrono::minutes(5);
  std::chrono::milliseconds silence = std::chrono::minutes(1);
};

/// Meets the other processes of the run, all of which call this. A process that works on is waited for however long
/// its step takes; one that died, or was silent for too long, ends the run.
/// Throws ProcessError: lost when the others do not come, unavailable when there are several in a build that was
/// made without gloo's headers.
std::unique_ptr<Processes> join_processes(const ProcessPlace& place, const PeerPatience& patience = {},
                                          const DeviceLibrary& on_devices = device_library());

}  // namespace rmt::lm
