#include "prover/backends/json_rpc.h"

#include <algorithm>
#include <charconv>

namespace rmt::prover {
namespace {

constexpr std::string_view kHeaderEnd = "\r\n\r\n";
constexpr std::string_view kLength = "content-length:";

std::string lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

size_t length_in(std::string_view header) {
  std::optional<size_t> length;
  while (!header.empty()) {
    const size_t end = std::min(header.find("\r\n"), header.size());
    std::string_view line = header.substr(0, end);
    header.remove_prefix(std::min(end + 2, header.size()));
    if (!lower(line.substr(0, kLength.size())).starts_with(kLength)) continue;
    line.remove_prefix(std::min(line.find_first_not_of(' ', kLength.size()), line.size()));
    size_t value = 0;
    const auto [rest, error] = std::from_chars(line.data(), line.data() + line.size(), value);
    if (error != std::errc() || rest != line.data() + line.size() || length)
      throw ProtocolError("the Lean server sends a header without a length that can be read");
    length = value;
  }
  if (!length) throw ProtocolError("the Lean server sends a header without a length");
  if (*length > MessageReader::kMostBody)
    throw ProtocolError("the Lean server announces a message of " + std::to_string(*length) + " bytes");
  return *length;
}

}  // namespace

std::string framed(const nlohmann::json& message) {
  const std::string body = message.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::optional<nlohmann::json> MessageReader::next() {
  if (!length_) {
    const size_t end = input_.find(kHeaderEnd);
    if (end == std::string::npos) {
      if (input_.size() > kMostHeader) throw ProtocolError("the Lean server sends something that is no header");
      return std::nullopt;
    }
    if (end > kMostHeader) throw ProtocolError("the Lean server sends a header that does not end");
    length_ = length_in(std::string_view(input_).substr(0, end));
    input_.erase(0, end + kHeaderEnd.size());
  }
  if (input_.size() < *length_) return std::nullopt;
  nlohmann::json message = nlohmann::json::parse(std::string_view(input_).substr(0, *length_), nullptr, false);
  input_.erase(0, *length_);
  length_.reset();
  if (!message.is_object()) throw ProtocolError("the Lean server sends a message that is no JSON object");
  return message;
}

}  // namespace rmt::prover
