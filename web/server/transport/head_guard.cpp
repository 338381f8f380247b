#include "web/server/transport/head_guard.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include "web/server/error.h"
#include "web/server/transport/header_text.h"

namespace rmt::web {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr size_t kLongestMethod = 32;

[[noreturn]] void refuse(unsigned status, const std::string& message) {
  throw HttpError(status, message);
}

/// Takes the next line off `rest`, without its end.
std::string_view take_line(std::string_view& rest) {
  const std::string_view line = rest.substr(0, rest.find(kLineEnd));
  rest.remove_prefix(std::min(rest.size(), line.size() + kLineEnd.size()));
  return line;
}

/// Method, target and version are parted by exactly one space each. Returns whether it is HTTP/1.1.
bool check_request_line(std::string_view line, const TransportLimits& limits) {
  const size_t first = line.find(' '), last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) {
    refuse(400, "the request line is not METHOD TARGET HTTP/1.1");
  }
  const std::string_view method = line.substr(0, first), target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!is_token(method)) refuse(400, "the method of the request line is no token");
  if (target.empty()) refuse(400, "the request line has no target");
  if (target.size() > limits.target_bytes) {
    refuse(414, "the target has over " + std::to_string(limits.target_bytes) + " bytes");
  }
  if (!std::ranges::all_of(target, [](char c) { return c > 0x20 && c < 0x7f; })) {
    refuse(400, "the target has a space, a control byte or one that is not ASCII: escape them as %XX");
  }
  if (!version.starts_with("HTTP/")) refuse(400, "the request line does not end with HTTP/1.1");
  if (version != "HTTP/1.1" && version != "HTTP/1.0") refuse(505, "this server speaks HTTP/1.1");
  if (method.size() > kLongestMethod || method == "CONNECT" || method == "TRACE") {
    refuse(501, "the method is not one of this server");
  }
  return version == "HTTP/1.1";
}

/// The headers that decide where the message ends and whose it is.
struct Framing {
  std::optional<std::string_view> host, content_length, transfer_encoding, expect;
};

void take_once(std::optional<std::string_view>& place, std::string_view value, const char* name) {
  if (place) refuse(400, std::string("the header ") + name + " is there twice");
  place = value;
}

void check_field(std::string_view line, Framing& framing) {
  if (line.front() == ' ' || line.front() == '\t') refuse(400, "a header goes on in a second line (obs-fold)");
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) refuse(400, "a header line has no colon");
  const std::string_view name = line.substr(0, colon), value = trimmed(line.substr(colon + 1));
  if (!is_token(name)) refuse(400, "the name of a header is no token, or a space stands before its colon");
  if (same_token(name, "host")) take_once(framing.host, value, "Host");
  if (same_token(name, "content-length")) take_once(framing.content_length, value, "Content-Length");
  if (same_token(name, "transfer-encoding")) take_once(framing.transfer_encoding, value, "Transfer-Encoding");
  if (same_token(name, "expect")) take_once(framing.expect, value, "Expect");
}

void check_host(std::optional<std::string_view> host, bool http11) {
  if (!host) {
    if (http11) refuse(400, "the header Host is missing");
    return;
  }
  constexpr std::string_view kMarks = "-._~%!$&'()*+,;=:[]";
  const bool plain = std::ranges::all_of(*host, [&](char c) {
    const char folded = static_cast<char>(c | 0x20);
    return (c >= '0' && c <= '9') || (folded >= 'a' && folded <= 'z') || kMarks.find(c) != std::string_view::npos;
  });
  if (!plain || host->find(',') != std::string_view::npos) refuse(400, "the header Host is no host");
}

void check_content_length(std::string_view text) {
  uint64_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  // Beyond 2^63 sums of lengths would wrap.
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || length > uint64_t{INT64_MAX}) {
    refuse(400, "the header Content-Length is no number of bytes");
  }
}

void check_framing(const Framing& framing, bool http11) {
  check_host(framing.host, http11);
  if (framing.content_length) check_content_length(*framing.content_length);
  if (framing.transfer_encoding) {
    if (framing.content_length) refuse(400, "Content-Length and Transfer-Encoding do not go together");
    if (!http11) refuse(400, "HTTP/1.0 has no Transfer-Encoding");
    if (!same_token(*framing.transfer_encoding, "chunked")) refuse(501, "the only Transfer-Encoding here is chunked");
  }
  if (framing.expect && http11 && !same_token(*framing.expect, "100-continue")) {
    refuse(417, "the only expectation that can be met is 100-continue");
  }
}

}  // namespace

void check_head_bytes(std::string_view bytes, size_t from) {
  for (size_t i = from; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    const bool line_end = byte == '\r' && (i + 1 == bytes.size() || bytes[i + 1] == '\n');
    const bool after_cr = byte == '\n' && i > 0 && bytes[i - 1] == '\r';
    if (line_end || after_cr || byte == '\t') continue;
    if (byte == '\n' || byte == '\r') refuse(400, "a line of the head does not end with CR LF");
    if (byte < 0x20 || byte == 0x7f) refuse(400, "the head has a control byte");
  }
}

void check_head(std::string_view head, const TransportLimits& limits) {
  if (head.size() > limits.head_bytes) {
    refuse(431, "the head has over " + std::to_string(limits.head_bytes) + " bytes");
  }
  check_head_bytes(head);
  const bool http11 = check_request_line(take_line(head), limits);
  Framing framing;
  size_t count = 0;
  for (std::string_view line = take_line(head); !line.empty(); line = take_line(head)) {
    if (++count > limits.headers) refuse(431, "there are over " + std::to_string(limits.headers) + " headers");
    check_field(line, framing);
  }
  check_framing(framing, http11);
}

}  // namespace rmt::web
