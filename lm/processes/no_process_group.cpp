// Stands in for process_group.cpp in a build without gloo's headers.
#include <fmt/format.h>

#include "lm/processes/error.h"
#include "lm/processes/process_group.h"

namespace rmt::lm {

std::unique_ptr<Processes> join_processes(const ProcessPlace& place, const PeerPatience&, const DeviceLibrary&) {
  if (place.count == 1) return single_process();
  throw ProcessError(
      ProcessErrc::unavailable,
      fmt::format("This is process {} of {}, and this rmt-lm was built without support for several processes. Install "
                  "gloo's headers (on Debian: apt-get install libgloo-dev) and build it again, or start one process.",
                  place.rank, place.count));
}

}  // namespace rmt::lm
