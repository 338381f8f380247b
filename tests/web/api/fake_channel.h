// A WebSocket without a socket: messages that a client sends one after the other, and all it gets back.
#pragma once

#include <chrono>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "web/server/service.h"

namespace rmt::tests {

struct Said {
  std::string message;
  /// What must have come back before it is sent; none: at once.
  std::function<bool(const std::vector<nlohmann::json>&)> when = nullptr;
};

struct Talk {
  std::vector<nlohmann::json> messages;
  bool ended = false;  ///< the handler returned by itself
  std::string thrown;

  /// Of one id and type.
  std::vector<nlohmann::json> of(const std::string& id, const std::string& type) const;
  std::string text(const std::string& id, int index = 0) const;
};

/// Talks with a WebSocket of the service. The client closes when it has said all and `until` holds, or leaves without a
/// word.
Talk talk(web::Service& service, std::vector<Said> said, std::function<bool(const std::vector<nlohmann::json>&)> until,
          bool leaves = false);

/// A condition: so many messages of a type have come.
std::function<bool(const std::vector<nlohmann::json>&)> came(const std::string& type, size_t count = 1);

}  // namespace rmt::tests
