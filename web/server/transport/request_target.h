// Where a request goes: the target of its first line (RFC 9112, section 3.2).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rmt::web {

struct RequestTarget {
  std::string path;   ///< percent-decoded, begins with '/'
  std::string query;  ///< as sent
};

/// Understands "/path?query", and "http://host/path?query" where the host is that of the header Host. Throws
/// HttpError(400) for all else, and for paths that cannot be decoded or climb.
RequestTarget read_target(std::string_view target, std::optional<std::string_view> host);

}  // namespace rmt::web
