// Who may ask: API keys, the names the server answers to, and the web pages that may call it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "web/server/exchange.h"

namespace rmt::web {

/// The owner of all that is asked, where nobody is asked for a key.
inline constexpr std::string_view kAnyone = "anyone";

struct AccessOptions {
  std::vector<std::string> keys;     ///< empty: nobody is asked for one
  std::vector<std::string> hosts;    ///< names in Host that are answered, without port; empty: any
  std::vector<std::string> origins;  ///< of web pages besides the server's own: "https://lab.example"; "*": any
};

/// The names of this machine to itself: what a server bound to loopback should answer to, so that no page of the web
/// can reach it under a name of its own (DNS rebinding).
std::vector<std::string> loopback_hosts();

class Access {
 public:
  explicit Access(const AccessOptions& options);

  /// Throws HttpError: 421 for a Host that is not ours, 403 for a page that may not call.
  void check_place(const Request& request) const;

  /// Whom limits and sessions are kept for: "key-" and the beginning of the key's hash, which may be logged; "anyone"
  /// where no keys are; nothing for a request without a valid one.
  std::optional<std::string> owner(const Request& request) const;
  [[noreturn]] static void refuse_key();  ///< throws HttpError(401)

  /// What lets an allowed page of another origin read the answer; empty for all others.
  HeaderList cors_headers(const Request& request) const;

  /// The answer to a browser that asks before it sends.
  bool is_preflight(const Request& request) const;
  Response preflight(const Request& request, const std::string& methods) const;

 private:
  bool is_own_origin(const Request& request, std::string_view origin) const;
  bool is_allowed_origin(std::string_view origin) const;

  std::vector<std::string> digests_;  // of the keys, SHA-256
  std::vector<std::string> hosts_, origins_;
};

}  // namespace rmt::web
