// What the program's exit status means, and the one table from errors to it.
#pragma once

#include <exception>
#include <stdexcept>
#include <string>

namespace rmt::app {

enum ExitCode : int {
  kOk = 0,
  kCheckFailed = 1,    ///< the work was done and its answer is no
  kUsage = 2,          ///< the command line, environment or configuration file is wrong
  kBadData = 65,       ///< an input file is wrong; the message names file and place
  kUnavailable = 69,   ///< something that must be there is not: a file, a model, a device
  kBug = 70,           ///< a fault of this program
  kIo = 74,            ///< the system refused a read or a write; disk full
  kRetry = 75,         ///< busy for now; the same command may succeed later
  kInterrupted = 130,  ///< stopped by a signal, with what was done so far saved
};

/// A fault in what the user asked for that only shows after parsing, such as two options that do not
/// go together. The message is a full sentence.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct Failure {
  ExitCode code = kBug;
  std::string message;  ///< full sentences: what, where, what to do next
};

/// The table. `error` must not be null.
Failure classify(const std::exception_ptr& error);

}  // namespace rmt::app
