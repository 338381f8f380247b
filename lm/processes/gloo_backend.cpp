#include "lm/processes/gloo_backend.h"

#include <csignal>
#include <cstdlib>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>

namespace rmt::lm {

namespace {

using c10d::ProcessGroupGloo;

bool is_loopback(const std::string& host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

auto device_for(const std::string& meeting_host) {
  const char* interface = std::getenv("GLOO_SOCKET_IFNAME");  // as every program over gloo takes it
  if (interface != nullptr && *interface != '\0') return ProcessGroupGloo::createDeviceForInterface(interface);
  if (is_loopback(meeting_host)) return ProcessGroupGloo::createDeviceForHostname(meeting_host);
  return ProcessGroupGloo::createDefaultDevice();
}

/// Threads begun while one is alive get an error from a connection that the other side closed, and not the signal that
/// would end the program.
class NoBrokenPipeSignal {
 public:
  NoBrokenPipeSignal() {
    sigset_t broken_pipe;
    sigemptyset(&broken_pipe);
    sigaddset(&broken_pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &broken_pipe, &before_);
  }
  ~NoBrokenPipeSignal() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  NoBrokenPipeSignal(const NoBrokenPipeSignal&) = delete;
  NoBrokenPipeSignal& operator=(const NoBrokenPipeSignal&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace

c10::intrusive_ptr<c10d::Backend> connect_gloo(const c10::intrusive_ptr<c10d::Store>& store, const ProcessPlace& place,
                                               std::chrono::milliseconds timeout) {
  const NoBrokenPipeSignal in_its_threads;
  const auto options = ProcessGroupGloo::Options::create(timeout);
  options->devices.push_back(device_for(place.host));
  options->threads = 1;
  return c10::make_intrusive<ProcessGroupGloo>(store, static_cast<int>(place.rank), static_cast<int>(place.count),
                                               options);
}

}  // namespace rmt::lm
