// What the program and a worker say to each other, a frame of JSON each.
//
//   program → worker   Settings; then Requests, and Cancel while one is being worked on
//   worker → program   Greeting; then for each request a Reply for its context and for each item in order, and Done
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "prover/backends/verdicts.h"
#include "prover/worker/limits.h"

namespace rmt::prover {

/// A message that is not what it should be.
class WireError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The first thing a worker reads.
struct Settings {
  std::vector<std::string> modules = {};  ///< folders of compiled modules
  std::string header = {};                ///< a file's beginning, whose imports are loaded once for all
  WorkerLimits limits = {};
};

/// Elaborate `context`, a file's beginning; where there is no error in it, each of `items` behind it, alone. With
/// items, only errors are told of the context, and it is kept for the next time. Without, it is a whole file: all that
/// Lean says of it is told, and nothing of it stays.
struct Request {
  uint64_t id = 0;
  std::string options = {};  ///< commands read before the context's own: set_option …
  std::string context = {};
  std::vector<std::string> items = {};
};

/// Stop working on the request; the items left are reported as killed.
struct Cancel {
  uint64_t id = 0;
};

/// A worker is ready.
struct Greeting {
  std::string lean_version;
  std::string error;  ///< why it is not ready after all
};

enum class KillCause { cpu, wall, memory, output, crash, cancelled };
inline constexpr int kKillCauses = 6;

/// A process of Lean's that did not live to answer.
struct Killed {
  KillCause cause = KillCause::crash;
  std::string what;  ///< "5 s of CPU time are used up", "Lean ended by signal 11 (Segmentation fault)"
};

/// What became of the context, or of one item. One of `elaboration` and `killed` is there.
struct Reply {
  std::optional<size_t> item = {};  ///< nothing: the context
  std::optional<Elaboration> elaboration = {};
  std::optional<Killed> killed = {};
  double ms = 0;
};

/// The request is answered.
struct Done {
  uint64_t id = 0;
  uint64_t forks = 0;     ///< of processes for items, since the worker began
  uint64_t contexts = 0;  ///< elaborated, since the worker began
  uint64_t resident = 0;  ///< bytes of the worker itself
};

/// Within a worker, to a context's process: items for one process more.
struct Batch {
  size_t first = 0;  ///< number of the first
  std::vector<std::string> items;
};

/// And its answer, behind the Replies that the process gave.
struct BatchEnd {
  int status = 0;                     ///< of the process, as wait() tells it
  std::optional<Killed> killed = {};  ///< for another reason than its status tells
};

std::string to_wire(const Settings& settings);
std::string to_wire(const Request& request);
std::string to_wire(const Cancel& cancel);
std::string to_wire(const Greeting& greeting);
std::string to_wire(const Reply& reply);
std::string to_wire(const Done& done);
std::string to_wire(const Batch& batch);
std::string to_wire(const BatchEnd& end);

/// From one frame: any of the above, std::variant<Request, Cancel>, <Reply, Done> or <Reply, BatchEnd>. Throws
/// WireError.
template <class Message>
Message from_wire(std::string_view frame);

}  // namespace rmt::prover
