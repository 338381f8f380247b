// A jail for programs that elaborate text of others: no network, no files but those it needs to read, no processes but
// its own. Lean's commands can run any code, so this and the limits of ChildProcess are what holds them.
#pragma once

#include <string>
#include <vector>

#include "prover/backends/child_process.h"

namespace rmt::prover {

class Bubblewrap {
 public:
  /// Looks for `bwrap` and tries it: kernels and containers often forbid what it does.
  static Bubblewrap find();

  bool is_there() const { return !program_.empty(); }
  /// Where it is not: what is missing and how to get it.
  const std::string& why_not() const { return why_not_; }

  /// The same command in the jail: it can read the system's libraries and `folders`, sees them at their own paths, and
  /// starts in an empty /tmp. Its killer is the end of the thread that starts it.
  ChildCommand around(const ChildCommand& command, const std::vector<std::string>& folders) const;

 private:
  std::string program_, why_not_;
};

}  // namespace rmt::prover
