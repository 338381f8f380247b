// Messages of JSON-RPC as the language server protocol frames them: "Content-Length: N", an empty line, N bytes.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace rmt::prover {

/// The other side does not speak the protocol.
class ProtocolError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::string framed(const nlohmann::json& message);

/// Bytes in, messages out. A length is a claim: nothing is reserved for it, and one beyond the limit is an error.
class MessageReader {
 public:
  static constexpr size_t kMostHeader = 8192;
  static constexpr size_t kMostBody = size_t{64} << 20;

  void append(std::string_view bytes) { input_ += bytes; }

  /// The next whole message. Throws ProtocolError, after which the stream is lost.
  std::optional<nlohmann::json> next();

 private:
  std::string input_;
  std::optional<size_t> length_;  // of the body whose header was read
};

}  // namespace rmt::prover
