// Where sessions outlive the process that made them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "lm/engine/reading.h"

namespace rmt::engine {

/// What is told of a session.
struct SessionInfo {
  std::string id;                       ///< 32 hexadecimal digits, drawn at random
  std::string name;                     ///< as its owner called it; may be empty
  int64_t version = 1;                  ///< one more with every change of the reading
  int64_t created_ms = 0, used_ms = 0;  ///< since 1970, UTC
  int64_t segments = 0, tokens = 0;
};

struct StoredSession {
  SessionInfo info;
  std::string owner;
  ReadingPtr reading;  ///< null: nothing read yet
};

/// Each writing call is all or nothing, and what it returned from is kept whatever happens to the process. Called by
/// one thread at a time.
class SessionStorage {
 public:
  virtual ~SessionStorage() = default;

  virtual void put(std::span<const StoredSession> sessions) = 0;
  /// Only `id` and `used_ms` matter.
  virtual void touch(std::span<const SessionInfo> sessions) = 0;
  virtual void drop(std::span<const std::string> ids) = 0;
  /// All that can be gone on with.
  virtual std::vector<StoredSession> load() = 0;
};

}  // namespace rmt::engine
