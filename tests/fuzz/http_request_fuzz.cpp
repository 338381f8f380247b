// Bytes as requests: nothing but HttpError comes out, a body does not depend on how its bytes arrived, and what was
// taken for a whole request is framed without doubt.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>

#include "web/server/error.h"
#include "web/server/percent.h"
#include "web/server/transport/request_parser.h"

using namespace rmt::web;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

struct Parsed {
  std::string path, body;
  size_t used = 0;
  bool complete = false;
  bool operator==(const Parsed&) const = default;
};

/// Nothing where the request was refused.
std::optional<Parsed> parsed(const std::string& bytes, size_t step) {
  const size_t end = bytes.find("\r\n\r\n");
  if (end == std::string::npos) return std::nullopt;
  RequestParser parser{TransportLimits{}};
  Parsed result;
  try {
    result.path = parser.read_head(std::string_view(bytes).substr(0, end + 4)).request.path;
    result.used = end + 4;
    for (size_t have = std::min(result.used + step, bytes.size());; have = std::min(have + step, bytes.size())) {
      const std::string_view waiting(bytes.data() + result.used, have - result.used);
      result.used += parser.read_body(waiting, result.body);
      if (parser.complete() || have == bytes.size()) break;
    }
  } catch (const HttpError& error) {
    require(error.status >= 400 && error.status < 506);
    return std::nullopt;
  }
  result.complete = parser.complete();
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const std::optional<Parsed> whole = parsed(bytes, std::max<size_t>(1, size));
  require(parsed(bytes, 1) == whole);
  require(parsed(bytes, 7) == whole);
  if (whole) {
    require(whole->path.starts_with('/') && whole->path.find('\0') == std::string::npos);
    require(whole->used <= bytes.size() && whole->body.size() <= bytes.size());
  }
  if (const auto path = decoded_path(bytes)) require(path->size() <= size && path->find("/../") == std::string::npos);
  return 0;
}
