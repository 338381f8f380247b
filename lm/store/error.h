// Errors of lm/store/: a database that cannot be opened, trusted or written.
#pragma once

#include <stdexcept>
#include <string>

namespace rmt::store {

enum class Errc {
  not_found,  // no such database, run or document
  io,         // the system refused a read or a write
  disk_full,  // nothing was lost: the transaction was rolled back
  foreign,    // an SQLite file of another program
  newer,      // written by a newer rmt-lm
  busy,       // another process holds the write lock
  corrupt,    // a page or a blob whose checksum is wrong
  mismatch,   // a run resumed with other inputs than it was begun with
};

/// `what()` says what is wrong, where (database, run, row) and what to do next.
class Error : public std::runtime_error {
 public:
  Error(Errc code, const std::string& message) : std::runtime_error(message), code_(code) {}
  Errc code() const noexcept { return code_; }

 private:
  Errc code_;
};

}  // namespace rmt::store
