// Requests without a socket: what a client sends, and all it gets back.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "web/server/exchange.h"
#include "web/server/service.h"

namespace rmt::tests {

struct Asked {
  std::string method = "GET", path = "/", query;
  web::HeaderList headers = {{"Host", "localhost:8080"}};
  std::vector<std::string> body;       ///< the pieces it comes in
  std::optional<size_t> leaves_after;  ///< pieces of the answer: then the client is gone
  std::optional<std::chrono::milliseconds> leaves_after_time;
  std::chrono::milliseconds takes{0};  ///< for every piece of the answer
};

struct Answered {
  unsigned status = 0;  ///< 0: none
  web::HeaderList headers;
  std::string body;
  size_t pieces = 0;   ///< it was written in; 0: at once
  bool ended = false;  ///< with its proper end
  bool gone = false;   ///< the handler noticed that the client had left
  std::string thrown;  ///< what escaped the handler otherwise

  std::string header(const std::string& name) const;
  nlohmann::json json() const { return nlohmann::json::parse(body); }
  /// The data of its events, "[DONE]" too; comments are left out.
  std::vector<std::string> events() const;
  /// The events that are JSON.
  std::vector<nlohmann::json> json_events() const;
};

/// Asks and waits, ten seconds at most.
Answered ask(web::Service& service, const Asked& asked);

Asked get(const std::string& path);
Asked post(const std::string& path, const std::string& body);
inline Asked post(const std::string& path, const nlohmann::json& body) {
  return post(path, body.dump());
}

}  // namespace rmt::tests
