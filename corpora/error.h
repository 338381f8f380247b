// Errors of corpora/: what is wrong with a document, a tokenizer file or a request to read one.
#pragma once

#include <stdexcept>
#include <string>

namespace rmt::corpora {

enum class Errc {
  not_found,    // no such file or folder
  io,           // the system refused a read or a write
  bad_text,     // not UTF-8, or not text at all
  truncated,    // the file ends inside a record or a compressed block
  malformed,    // a record, header or field that breaks its format
  unsupported,  // well-formed, but of a kind this program does not read
  mismatch,     // two inputs that do not belong together
};

/// `what()` says what is wrong, where (file, byte or line) and what to do next.
class Error : public std::runtime_error {
 public:
  Error(Errc code, const std::string& message) : std::runtime_error(message), code_(code) {}
  Errc code() const noexcept { return code_; }

 private:
  Errc code_;
};

}  // namespace rmt::corpora
