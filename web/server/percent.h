// Percent-encoding in request targets (RFC 3986, section 2.1).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rmt::web {

/// Every %XX as its byte. Nothing where a % is not followed by two hexadecimal digits.
std::optional<std::string> percent_decoded(std::string_view text);

/// A path with its escapes resolved, as handlers may compare it. Nothing for what no honest client sends: bad
/// escapes, control bytes (also escaped ones), a backslash, an escaped '/', the segments "." and "..", bytes that are
/// not UTF-8, or a path that does not begin with '/'.
std::optional<std::string> decoded_path(std::string_view path);

}  // namespace rmt::web
