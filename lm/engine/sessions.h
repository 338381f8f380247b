// Texts that were read and can be gone on with, under ids that only their owners can use.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

#include "lm/engine/session_storage.h"

namespace rmt::engine {

/// No such id, or another owner's: nobody is told which.
class SessionNotFound : public std::runtime_error {
 public:
  SessionNotFound();
};

/// The session is not what the caller took it for: another request has changed it meanwhile.
class SessionConflict : public std::runtime_error {
 public:
  SessionConflict(int64_t expected, int64_t found);
};

/// Nothing was made.
class TooManySessions : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct SessionLimits {
  int64_t per_owner = 100;
  int64_t in_all = 10'000;
  int64_t idle_ms = int64_t{7} * 24 * 3600 * 1000;  ///< unused for longer, a session is dropped
};

struct Session {
  SessionInfo info;
  ReadingPtr reading;  ///< null: nothing read yet
};

/// Safe to call from any thread. A change that was returned from is stored; one that threw (what the storage throws
/// passes through, such as a full disk) has happened neither in memory nor in the storage. Times are given, in
/// milliseconds since 1970.
class Sessions {
 public:
  /// Takes up what the storage has. Null: sessions end with the process. The storage must outlive this.
  Sessions(const SessionLimits& limits, SessionStorage* storage);
  Sessions(const Sessions&) = delete;
  Sessions& operator=(const Sessions&) = delete;

  /// Throws TooManySessions.
  SessionInfo create(const std::string& owner, const std::string& name, ReadingPtr reading, int64_t now_ms);

  /// `count` sessions that stand where this one does: all or none. Throws SessionNotFound, TooManySessions.
  std::vector<SessionInfo> fork(const std::string& owner, const std::string& id, int64_t count, int64_t now_ms);

  /// Counts as a use. Throws SessionNotFound.
  Session get(const std::string& owner, const std::string& id, int64_t now_ms);

  /// The session now stands at `reading`, if it is still at version `expected`: of two who went on from the same
  /// version at once, one is refused. Throws SessionNotFound, SessionConflict.
  SessionInfo replace(const std::string& owner, const std::string& id, int64_t expected, ReadingPtr reading,
                      int64_t now_ms);

  /// Throws SessionNotFound.
  void remove(const std::string& owner, const std::string& id);

  std::vector<SessionInfo> list(const std::string& owner) const;  ///< oldest first
  int64_t count() const;

  /// Drops what has lain unused for too long, and stores when the others were last used; to be called now and then.
  /// Returns how many were dropped.
  int64_t expire(int64_t now_ms);

 private:
  struct Held {
    StoredSession session;
    bool use_is_stored = true;
  };
  using Table = std::unordered_map<std::string, Held>;

  Held& find(const std::string& owner, const std::string& id);
  void require_room(const std::string& owner, int64_t count) const;
  void add(const std::vector<StoredSession>& sessions);

  const SessionLimits limits_;
  SessionStorage* const storage_;
  std::mutex changing_;  // held through every change, and so while the storage writes; taken before table_lock_
  mutable std::mutex table_lock_;  // held for moments
  Table table_;                    // changed only with both locks, but for times of use: those with table_lock_ alone
};

}  // namespace rmt::engine
