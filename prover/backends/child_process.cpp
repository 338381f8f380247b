#include "prover/backends/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <thread>

#include "prover/backends/child_start.h"
#include "prover/backends/process_tree.h"

namespace rmt::prover {
namespace {

using Clock = std::chrono::steady_clock;

/// Above the standard three, which a program started without them may have free.
Descriptor raised(int number) {
  Descriptor low(number);
  if (number < 0 || number > STDERR_FILENO) return low;
  return Descriptor(fcntl(number, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
}

struct Ends {
  Descriptor ours, theirs;
};

/// Bytes to us.
Ends pipe_to_us() {
  std::array<int, 2> ends{-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw ChildError("no pipe to a child: too many descriptors are open");
  Ends pipe{raised(ends[0]), raised(ends[1])};
  fcntl(pipe.ours.get(), F_SETFL, O_NONBLOCK);
  return pipe;
}

/// Bytes to the child. A socket, since a pipe would answer a child's end with SIGPIPE.
Ends pipe_to_child() {
  std::array<int, 2> ends{-1, -1};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    throw ChildError("no pipe to a child: too many descriptors are open");
  Ends pipe{raised(ends[0]), raised(ends[1])};
  shutdown(pipe.ours.get(), SHUT_RD);
  return pipe;
}

/// In milliseconds for poll, rounded up so that nobody spins through the last one.
int until_then(Instant until) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
  return static_cast<int>(std::clamp<int64_t>(left, 0, 60'000));
}

/// False at the deadline.
template <size_t N>
bool wait_for(std::array<pollfd, N>& waited, Instant until) {
  for (;;) {
    const int ready = poll(waited.data(), N, until_then(until));
    if (ready > 0) return true;
    if (Clock::now() >= until) return false;
  }
}

/// Appends what is there; closes the descriptor at its end.
void take(Descriptor& from, std::string& into, size_t most) {
  if (!from) return;
  std::array<char, 65536> buffer;
  const ssize_t got = read(from.get(), buffer.data(), std::min(most, buffer.size()));
  if (got > 0) into.append(buffer.data(), static_cast<size_t>(got));
  if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) from.reset();
}

ChildEnd end_of(int status, const rusage& usage) {
  const auto milliseconds = [](const timeval& time) { return time.tv_sec * 1000 + time.tv_usec / 1000; };
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, WIFSIGNALED(status) ? WTERMSIG(status) : 0,
          std::chrono::milliseconds(milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime)),
          static_cast<uint64_t>(usage.ru_maxrss) * 1024};
}

}  // namespace

std::map<std::string, std::string> inherited_environment(const std::vector<std::string>& names) {
  std::map<std::string, std::string> chosen;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view variable(*entry);
    const std::string_view name = variable.substr(0, variable.find('='));
    const auto fits = [&](std::string_view wanted) {
      return wanted.ends_with('*') ? name.starts_with(wanted.substr(0, wanted.size() - 1)) : name == wanted;
    };
    if (name.size() < variable.size() && std::ranges::any_of(names, fits))
      chosen.emplace(name, variable.substr(name.size() + 1));
  }
  return chosen;
}

std::string to_string(const ChildEnd& end) {
  if (end.signal == 0) return "exit code " + std::to_string(end.code);
  const char* const name = sigdescr_np(end.signal);
  return "signal " + std::to_string(end.signal) + (name != nullptr ? " (" + std::string(name) + ")" : "");
}

ChildProcess::ChildProcess(const ChildCommand& command) {
  if (command.arguments.empty()) throw ChildError("a child without a program was asked for");
  Ends input = pipe_to_child(), output = pipe_to_us(), errors = pipe_to_us();
  id_ = start_child(command, {input.theirs.get(), output.theirs.get(), errors.theirs.get()});
  input_ = std::move(input.ours);
  output_ = std::move(output.ours);
  errors_ = std::move(errors.ours);
}

ChildProcess::~ChildProcess() {
  kill();
  while (!wait(Clock::now() + std::chrono::seconds(1))) kill();
}

ChildProcess::Written ChildProcess::write(std::string_view bytes, Instant until) {
  while (!bytes.empty()) {
    if (!input_) return Written::closed;
    const ssize_t sent = send(input_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) bytes.remove_prefix(static_cast<size_t>(sent));
    if (sent >= 0 || errno == EINTR) continue;
    if (errno != EAGAIN) return Written::closed;
    std::array<pollfd, 1> room{{{input_.get(), POLLOUT, 0}}};
    if (!wait_for(room, until)) return Written::deadline;
  }
  return Written::all;
}

void ChildProcess::close_input() {
  input_.reset();
}

ChildProcess::Output ChildProcess::read(Instant until, size_t most) {
  Output output;
  while (output_ || errors_) {
    std::array<pollfd, 2> waited{{{output_.get(), POLLIN, 0}, {errors_.get(), POLLIN, 0}}};
    if (!wait_for(waited, until)) return output;
    if (waited[0].revents != 0) take(output_, output.out, most);
    if (waited[1].revents != 0) take(errors_, output.errors, most);
    if (!output.out.empty() || !output.errors.empty()) return output;
  }
  output.end = true;
  return output;
}

std::optional<ChildEnd> ChildProcess::wait(Instant until) {
  for (auto pause = std::chrono::microseconds(200);; pause = std::min(pause * 2, std::chrono::microseconds(10'000))) {
    {
      const std::lock_guard lock(mutex_);
      if (end_) return end_;
      siginfo_t ended{};
      if (waitid(P_PID, static_cast<id_t>(id_), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid == id_) {
        kill_tree(id_);  // its group goes with it, while the id is still its own
        int status = 0;
        rusage usage{};
        wait4(id_, &status, 0, &usage);
        return end_ = end_of(status, usage);
      }
    }
    if (Clock::now() >= until) return std::nullopt;
    std::this_thread::sleep_for(pause);
  }
}

uint64_t ChildProcess::resident() const {
  const std::lock_guard lock(mutex_);
  return end_ ? 0 : resident_bytes(process_tree(id_));
}

void ChildProcess::kill() {
  const std::lock_guard lock(mutex_);
  if (!end_) kill_tree(id_);
}

}  // namespace rmt::prover
