// A completion that goes on from a session, and may leave the session behind itself.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "lm/engine/job.h"
#include "web/server/api/api.h"
#include "web/server/job_channel.h"

namespace rmt::web {

/// Milliseconds since 1970.
int64_t unix_milliseconds();

/// What `change` does with sessions; what they throw becomes an HttpError: 404, 409, 403 for too many, 507 for a
/// full disk.
void with_sessions(const std::function<void()>& change);

class SessionUse {
 public:
  /// Without an id it does nothing. Throws HttpError(404).
  SessionUse(const Api& api, std::string owner, const std::optional<std::string>& id, bool commit);

  /// What was read before; null: nothing.
  engine::ReadingPtr from() const { return from_; }

  /// Every event of the completion's only job.
  void see(const JobEvent& event);
  /// Commits, where that was asked for. Throws HttpError(409) if another request changed the session meanwhile.
  void finish();

 private:
  const Api& api_;
  const std::string owner_, id_;
  const bool commit_;
  engine::ReadingPtr from_, after_;
  int64_t version_ = 0;
};

}  // namespace rmt::web
