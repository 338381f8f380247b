// Errors of model/: a weight file, a configuration or a state that cannot be used.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace rmt::model {

enum class Errc {
  not_found,    // no such file, shard or bundled model
  io,           // the system refused a read or a write
  truncated,    // the file ends before the bytes its header promises
  malformed,    // a header, length or field that breaks the format
  unsupported,  // an architecture, tensor type or option this program does not run
  mismatch,     // shapes, vocabularies or fingerprints that do not belong together
};

/// `what()` says what is wrong, where (file, tensor, byte) and what to do next.
class Error : public std::runtime_error {
 public:
  Error(Errc code, const std::string& message) : std::runtime_error(message), code_(code) {}
  Errc code() const noexcept { return code_; }

 private:
  Errc code_;
};

/// What the last failed system call on `path` says (errno): not_found for a missing file or folder, else
/// io. `action` completes "cannot …".
Error system_error(const std::string& path, const char* action);

/// Text out of a file as a message may show it: quoted, cut after `most` bytes, nothing unprintable.
std::string shown(std::string_view text, size_t most = 80);

}  // namespace rmt::model
