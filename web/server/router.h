// Which handler answers what: a table of methods and paths.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "web/server/exchange.h"

namespace rmt::web {

/// What a handler is told besides the request.
struct Call {
  std::string owner;                   ///< whom limits and sessions are kept for
  std::vector<std::string> arguments;  ///< what stands for the {…} of the pattern
};

struct Route {
  std::string method;
  std::string pattern;  ///< "/v1/sessions/{id}/fork"; a last part "{id*}" takes the rest, '/' and all
  bool needs_key = true;
  std::function<boost::asio::awaitable<void>(Exchange&, Call)> http = nullptr;
  std::function<boost::asio::awaitable<void>(WebSocketChannel&, Call)> websocket = nullptr;
};

class Router {
 public:
  explicit Router(std::vector<Route> routes) : routes_(std::move(routes)) {}

  const std::vector<Route>& routes() const { return routes_; }

  struct Match {
    const Route* route = nullptr;
    std::vector<std::string> arguments;
  };
  /// The first that fits. Throws HttpError: 404, or 405 naming the methods there are.
  Match match(std::string_view method, std::string_view path) const;

  /// Whether something answers there that needs no key.
  bool is_open(std::string_view method, std::string_view path) const;

  /// "GET, POST": the methods of a path; empty where there is none.
  std::string methods(std::string_view path) const;

 private:
  std::vector<Route> routes_;
};

}  // namespace rmt::web
