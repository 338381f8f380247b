// The one place that sees headers of gloo's. libtorch exports the gloo it was built with and ships no header of it;
// those at hand are older, and objects of gloo's may be laid out differently in them. So none is touched: they are
// passed on behind shared pointers, and the group is used through c10d::Backend only, from sources that do not include
// gloo: a compiler that sees the class would inline its functions. A test looks at what the object file defines.
#pragma once

#include <chrono>
#include <torch/csrc/distributed/c10d/Backend.hpp>
#include <torch/csrc/distributed/c10d/Store.hpp>

#include "lm/processes/process_place.h"

namespace rmt::lm {

/// Connects every process of the run with every other, through addresses they leave in the store. The network interface
/// is that of the machine's name, of GLOO_SOCKET_IFNAME where it is set, or the loopback when they meet there.
/// Throws c10::Error, or what gloo throws, when the others have not done the same after `timeout`.
c10::intrusive_ptr<c10d::Backend> connect_gloo(const c10::intrusive_ptr<c10d::Store>& store, const ProcessPlace& place,
                                               std::chrono::milliseconds timeout);

}  // namespace rmt::lm
