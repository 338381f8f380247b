#include "web/server/router.h"

#include <algorithm>
#include <optional>
#include <set>

#include "web/server/error.h"

namespace rmt::web {
namespace {

/// The first part of a path that begins with '/'; it is taken off.
std::string_view take_part(std::string_view& path) {
  path.remove_prefix(1);
  const std::string_view part = path.substr(0, path.find('/'));
  path.remove_prefix(part.size());
  return part;
}

std::optional<std::vector<std::string>> arguments_of(std::string_view pattern, std::string_view path) {
  std::vector<std::string> arguments;
  while (!pattern.empty() && !path.empty()) {
    const std::string_view rest = path.substr(1);
    const std::string_view wanted = take_part(pattern);
    const std::string_view part = take_part(path);
    if (wanted.starts_with('{')) {
      const bool takes_rest = wanted.ends_with("*}");
      arguments.emplace_back(takes_rest ? rest : part);
      if (arguments.back().empty()) return std::nullopt;
      if (takes_rest) return arguments;
    } else if (wanted != part) {
      return std::nullopt;
    }
  }
  if (!pattern.empty() || !path.empty()) return std::nullopt;
  return arguments;
}

/// HEAD asks for what GET would answer; the transport leaves the body out.
bool takes(const Route& route, std::string_view method) {
  return route.method == (method == "HEAD" ? std::string_view("GET") : method);
}

}  // namespace

Router::Match Router::match(std::string_view method, std::string_view path) const {
  for (const Route& route : routes_) {
    if (!takes(route, method)) continue;
    if (auto arguments = arguments_of(route.pattern, path)) return {&route, std::move(*arguments)};
  }
  const std::string shown(path.substr(0, 200));
  HttpError error(404, "There is nothing at " + shown + "; /openapi.json lists what there is.", {}, "not_found");
  error.allow = methods(path);
  if (!error.allow.empty()) {
    const std::string allowed = error.allow;
    error = HttpError(405, shown + " takes " + allowed + ", not " + std::string(method.substr(0, 20)) + ".", {},
                      "method_not_allowed");
    error.allow = allowed;
  }
  throw error;
}

bool Router::is_open(std::string_view method, std::string_view path) const {
  return std::ranges::any_of(routes_, [&](const Route& route) {
    return !route.needs_key && takes(route, method) && arguments_of(route.pattern, path);
  });
}

std::string Router::methods(std::string_view path) const {
  std::set<std::string> found;
  for (const Route& route : routes_) {
    if (arguments_of(route.pattern, path)) found.insert(route.method);
  }
  std::string list;
  for (const std::string& method : found) list += (list.empty() ? "" : ", ") + method;
  return list;
}

}  // namespace rmt::web
