#include "web/server/access.h"

#include <algorithm>
#include <cctype>

#include "lm/store/sha256.h"
#include "web/server/error.h"

namespace rmt::web {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

/// "name:8080" and "[::1]:8080" without the port.
std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) {
    const size_t bracket = host.find(']');
    return bracket == std::string_view::npos ? host : host.substr(1, bracket - 1);
  }
  return host.substr(0, host.find(':'));
}

std::string digest_of(std::string_view key) {
  return store::Sha256().update(key).finish();
}

/// In the same time wherever they differ.
bool equal_digests(std::string_view a, std::string_view b) {
  unsigned difference = a.size() == b.size() ? 0 : 1;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    difference |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
  return difference == 0;
}

/// The key a request brings. A browser's WebSocket cannot send headers of its own; its key comes in the query.
std::string key_of(const Request& request) {
  if (const auto header = request.header("authorization")) {
    const std::string scheme = lower(header->substr(0, 7));
    if (scheme == "bearer ") return std::string(header->substr(7));
  }
  if (const auto header = request.header("x-api-key")) return std::string(*header);
  if (request.header("upgrade")) return request.parameter("access_token").value_or("");
  return {};
}

}  // namespace

std::vector<std::string> loopback_hosts() {
  return {"localhost", "127.0.0.1", "::1"};
}

Access::Access(const AccessOptions& options) {
  for (const std::string& key : options.keys) digests_.push_back(digest_of(key));
  for (const std::string& host : options.hosts) hosts_.push_back(lower(host));
  for (const std::string& origin : options.origins) origins_.push_back(lower(origin));
}

void Access::check_place(const Request& request) const {
  const std::string_view host = request.header("host").value_or("");
  if (!hosts_.empty() && std::ranges::find(hosts_, lower(without_port(host))) == hosts_.end())
    throw HttpError(421, "This server does not answer to the name in the Host header; start it with that name.", {},
                    "wrong_host");
  const auto origin = request.header("origin");
  if (!origin || is_own_origin(request, *origin) || is_allowed_origin(*origin)) return;
  throw HttpError(403,
                  "Pages of " + lower(*origin).substr(0, 200) + " may not call this server; allow that origin first.",
                  {}, "foreign_origin");
}

std::optional<std::string> Access::owner(const Request& request) const {
  if (digests_.empty()) return std::string(kAnyone);
  const std::string digest = digest_of(key_of(request));
  bool known = false;
  for (const std::string& one : digests_) known |= equal_digests(one, digest);
  if (!known) return std::nullopt;
  return "key-" + store::hex(digest).substr(0, 12);
}

void Access::refuse_key() {
  throw HttpError(401, "A valid API key is needed: send it as 'Authorization: Bearer KEY'.", {}, "invalid_api_key");
}

bool Access::is_own_origin(const Request& request, std::string_view origin) const {
  const size_t scheme = origin.find("://");
  if (scheme == std::string_view::npos) return false;
  return lower(origin.substr(scheme + 3)) == lower(request.header("host").value_or(""));
}

bool Access::is_allowed_origin(std::string_view origin) const {
  const std::string name = lower(origin);
  return std::ranges::any_of(origins_, [&](const std::string& one) { return one == "*" || one == name; });
}

HeaderList Access::cors_headers(const Request& request) const {
  const auto origin = request.header("origin");
  if (!origin || !is_allowed_origin(*origin)) return {};
  return {{"access-control-allow-origin", std::string(*origin)},
          {"access-control-expose-headers", "x-request-id, retry-after"},
          {"vary", "Origin"}};
}

bool Access::is_preflight(const Request& request) const {
  return request.method == "OPTIONS" && request.header("origin") && request.header("access-control-request-method");
}

Response Access::preflight(const Request& request, const std::string& methods) const {
  Response response{204, cors_headers(request), {}};
  if (response.headers.empty()) return response;  // its own page, which needs no leave
  response.headers.emplace_back("access-control-allow-methods", methods);
  const auto wanted = request.header("access-control-request-headers");
  response.headers.emplace_back("access-control-allow-headers",
                                wanted ? std::string(*wanted) : "authorization, content-type");
  response.headers.emplace_back("access-control-max-age", "600");
  return response;
}

}  // namespace rmt::web
