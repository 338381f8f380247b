// A program run at arm's length: it gets three pipes, limits and the variables named for it, nothing else of ours, and
// what it started goes when it goes.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "prover/backends/descriptor.h"

namespace rmt::prover {

/// The program could not be started; what() names it and the system's reason.
class ChildError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

using Instant = std::chrono::steady_clock::time_point;

/// Each process below has them too, each for itself. 0 is none.
struct ChildLimits {
  std::chrono::seconds cpu{0};
  uint64_t address_space = 0;  ///< bytes; Lean reserves 2.3 GB before it has read anything
  uint64_t file_size = 0;      ///< bytes of any file written
};

struct ChildCommand {
  std::vector<std::string> arguments;                   ///< the first is the program's path
  std::map<std::string, std::string> environment = {};  ///< all of it; see inherited_environment
  std::string folder = {};                              ///< to start in; empty: ours
  ChildLimits limits = {};
  /// Killed by the kernel when the thread that started it ends, so also with a program that is killed itself. For
  /// threads that outlive the child.
  bool dies_with_thread = false;
};

/// Our own variables whose names these are, or begin with these where they end with '*'.
std::map<std::string, std::string> inherited_environment(const std::vector<std::string>& names);

struct ChildEnd {
  int code = -1;   ///< exit code; -1 when a signal ended it
  int signal = 0;  ///< that ended it
  std::chrono::milliseconds cpu{0};
  uint64_t peak_resident = 0;  ///< bytes, of the process itself
};

/// "exit code 3", "signal 9 (Killed)".
std::string to_string(const ChildEnd& end);

/// One thread may write while another reads; kill() is for any thread.
class ChildProcess {
 public:
  /// Returns when the program runs. Throws ChildError.
  explicit ChildProcess(const ChildCommand& command);
  /// Kills what still runs, all that it started included, and waits for the end.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t id() const { return id_; }

  enum class Written { all, deadline, closed };
  /// Waits while the pipe is full. A child that reads no more is `closed`, never a SIGPIPE.
  Written write(std::string_view bytes, Instant until);
  void close_input();

  struct Output {
    std::string out, errors;
    bool end = false;  ///< of both: nothing more will come
  };
  /// What it has said since: waits until there is something, the end, or the deadline. At most `most` bytes of each.
  Output read(Instant until, size_t most = 65536);

  /// Nothing where it still runs at the deadline. Once ended, the same answer again.
  std::optional<ChildEnd> wait(Instant until);
  /// Of everything below; 0 once it has ended.
  uint64_t resident() const;
  void kill();

  /// Ours, not blocking, to wait on them together with others; -1 when closed.
  int input() const { return input_.get(); }
  int output() const { return output_.get(); }
  int errors() const { return errors_.get(); }

 private:
  pid_t id_ = -1;
  Descriptor input_, output_, errors_;
  mutable std::mutex mutex_;  // an id is used only while nobody has waited for it
  std::optional<ChildEnd> end_;
};

}  // namespace rmt::prover
