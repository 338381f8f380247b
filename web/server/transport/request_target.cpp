#include "web/server/transport/request_target.h"

#include <algorithm>

#include "web/server/error.h"
#include "web/server/percent.h"
#include "web/server/transport/header_text.h"

namespace rmt::web {
namespace {

/// The path and query of a target, whichever form it has.
std::string_view origin_form(std::string_view target, std::optional<std::string_view> host) {
  if (target.starts_with('/')) return target;
  const size_t scheme = target.find("://");
  if (scheme == std::string_view::npos ||
      (!same_token(target.substr(0, scheme), "http") && !same_token(target.substr(0, scheme), "https"))) {
    throw HttpError(400, "the target does not begin with '/'");
  }
  target.remove_prefix(scheme + 3);
  const std::string_view authority = target.substr(0, target.find_first_of("/?"));
  // A server reached under two names at once would be checked under one and asked under the other.
  if (!host || authority.empty() || !same_token(authority, *host)) {
    throw HttpError(400, "the target names another host than the header Host");
  }
  target.remove_prefix(authority.size());
  return target;
}

}  // namespace

RequestTarget read_target(std::string_view target, std::optional<std::string_view> host) {
  if (target.find('#') != std::string_view::npos) throw HttpError(400, "the target has a fragment");
  const std::string_view origin = origin_form(target, host);
  const size_t mark = std::min(origin.find('?'), origin.size());
  const std::string_view path = origin.substr(0, mark);
  std::optional<std::string> decoded = decoded_path(path.empty() ? "/" : path);
  if (!decoded) throw HttpError(400, "the path has a bad escape, a control byte, or a segment '.' or '..'");
  return {std::move(*decoded), std::string(origin.substr(std::min(origin.size(), mark + 1)))};
}

}  // namespace rmt::web
