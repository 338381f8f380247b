// rmt-lm-lean-worker: checks scripts with the Lean it is linked to, for the program at the other end of its standard
// input and output. See wire.h for what they say to each other.

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <string>
#include <vector>

#include "prover/worker/elaborator.h"
#include "prover/worker/frame.h"
#include "prover/worker/inbox.h"
#include "prover/worker/jail.h"
#include "prover/worker/lean_abi.h"
#include "prover/worker/server.h"
#include "prover/worker/warm_up.h"

namespace {

using namespace rmt::prover;  // NOLINT(google-build-using-namespace)

// Lean prints to standard output when it likes to; what our replies go through must be somewhere else.
int moved_away(int standard) {
  const int moved = fcntl(standard, F_DUPFD_CLOEXEC, 64);
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  dup2(null, standard);
  close(null);
  return moved;
}

LoadedLibrary load_library(const Settings& settings) {
  if (const auto obstacle = jail_obstacle(settings.limits.address_space))
    throw LeanFailure("Lean cannot be jailed on this machine: " + *obstacle +
                      ". Give rmt-lm a lean of your own with --lean: that one is jailed by bubblewrap.");
  start_lean(settings.modules);
  LoadedLibrary library{parse_header(settings.header), {}};
  std::vector<LeanMessage> messages;
  const TaskManager tasks;
  library.state = import_modules(library.header, messages);
  for (const LeanMessage& message : messages)
    if (message.severity == Diagnostic::Severity::error)
      throw LeanFailure("the library cannot be loaded: " + message.text);
  warm_up(library.state);
  make_permanent(library.state);
  return library;
}

void serve(int input, int output) {
  const auto send = [&](const std::string& message) {
    if (!write_frame(output, message)) std::_Exit(0);  // the program is gone
  };
  Inbox inbox(input);
  const std::optional<Settings> settings = inbox.settings();
  if (!settings) throw InboxError("nothing to read on standard input: rmt-lm starts this program, nobody else");
  LoadedLibrary library;
  try {
    library = load_library(*settings);
  } catch (const LeanFailure& failure) {
    send(to_wire(Greeting{{}, failure.what()}));
    throw;
  }
  send(to_wire(Greeting{kLeanVersion, {}}));
  WorkerServer server(library, settings->limits, inbox, send);
  while (const std::optional<Request> request = inbox.wait()) server.answer(*request);
}

}  // namespace

int main() {
  std::signal(SIGPIPE, SIG_IGN);
  const int input = moved_away(STDIN_FILENO);
  const int output = moved_away(STDOUT_FILENO);
  int exit_code = EXIT_SUCCESS;
  try {
    serve(input, output);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "rmt-lm-lean-worker: %s\n", error.what());
    exit_code = 70;
  }
  std::fflush(stderr);
  std::_Exit(exit_code);  // Lean's own threads are in no state for destructors
}
