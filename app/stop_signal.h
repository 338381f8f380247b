// Interrupt and terminate as a request to stop between two steps of the work, with everything saved.
#pragma once

namespace rmt::app {

/// From now on the first SIGINT or SIGTERM only makes stop_requested() true; a second one ends the
/// process at once. Calling it again starts over.
void catch_stop_signals();

bool stop_requested();

}  // namespace rmt::app
