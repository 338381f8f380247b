#include "app/stop_signal.h"

#include <csignal>

namespace rmt::app {
namespace {

// A signal handler has no other way to say anything.
volatile std::sig_atomic_t stop = 0;

}  // namespace

void catch_stop_signals() {
  stop = 0;
  struct sigaction action = {};
  action.sa_handler = [](int) { stop = 1; };
  action.sa_flags = SA_RESTART | SA_RESETHAND;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool stop_requested() {
  return stop != 0;
}

}  // namespace rmt::app
