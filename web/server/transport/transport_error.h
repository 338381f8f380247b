// Why the server cannot start.
#pragma once

#include <stdexcept>

namespace rmt::web {

/// Says what, where, and what to do next.
struct TransportError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace rmt::web
