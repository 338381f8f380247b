#include "lm/engine/sessions.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "lm/engine/random_id.h"

namespace rmt::engine {

namespace {

using Lock = std::lock_guard<std::mutex>;

void set_reading(StoredSession& session, ReadingPtr reading) {
  session.info.segments = reading ? reading->segments : 0;
  session.info.tokens = reading ? reading->tokens : 0;
  session.reading = std::move(reading);
}

StoredSession made_now(const std::string& owner, const std::string& name, ReadingPtr reading, int64_t now_ms) {
  StoredSession session;
  session.info.id = random_id();
  session.info.name = name;
  session.info.created_ms = session.info.used_ms = now_ms;
  session.owner = owner;
  set_reading(session, std::move(reading));
  return session;
}

}  // namespace

SessionNotFound::SessionNotFound()
    : std::runtime_error(
          "there is no such session: it was deleted, or dropped after it had not been used for long, or "
          "its id is not this key's") {}

SessionConflict::SessionConflict(int64_t expected, int64_t found)
    : std::runtime_error(fmt::format("the session was changed meanwhile by another request: it is at version {}, not "
                                     "{}; ask for it again and repeat what is still wanted, or work on a fork",
                                     found, expected)) {}

Sessions::Sessions(const SessionLimits& limits, SessionStorage* storage) : limits_(limits), storage_(storage) {
  if (storage == nullptr) return;
  for (StoredSession& session : storage->load()) {
    std::string id = session.info.id;
    table_.emplace(std::move(id), Held{std::move(session), true});
  }
}

SessionInfo Sessions::create(const std::string& owner, const std::string& name, ReadingPtr reading, int64_t now_ms) {
  const Lock changing(changing_);
  require_room(owner, 1);
  const std::vector<StoredSession> made = {made_now(owner, name, std::move(reading), now_ms)};
  add(made);
  return made.front().info;
}

std::vector<SessionInfo> Sessions::fork(const std::string& owner, const std::string& id, int64_t count,
                                        int64_t now_ms) {
  if (count < 1) throw std::invalid_argument(fmt::format("a session is forked into 1 or more, not {}", count));
  const Lock changing(changing_);
  const Session parent = get(owner, id, now_ms);
  require_room(owner, count);
  std::vector<StoredSession> made;
  std::vector<SessionInfo> infos;
  for (int64_t i = 0; i < count; ++i) {
    made.push_back(made_now(owner, parent.info.name, parent.reading, now_ms));
    infos.push_back(made.back().info);
  }
  add(made);
  return infos;
}

Session Sessions::get(const std::string& owner, const std::string& id, int64_t now_ms) {
  const Lock lock(table_lock_);
  Held& held = find(owner, id);
  if (now_ms > held.session.info.used_ms) {
    held.session.info.used_ms = now_ms;
    held.use_is_stored = false;
  }
  return {held.session.info, held.session.reading};
}

SessionInfo Sessions::replace(const std::string& owner, const std::string& id, int64_t expected, ReadingPtr reading,
                              int64_t now_ms) {
  const Lock changing(changing_);
  StoredSession changed;
  {
    const Lock lock(table_lock_);
    changed = find(owner, id).session;
  }
  if (changed.info.version != expected) throw SessionConflict(expected, changed.info.version);
  changed.info.version += 1;
  changed.info.used_ms = std::max(changed.info.used_ms, now_ms);
  set_reading(changed, std::move(reading));
  if (storage_ != nullptr) storage_->put({&changed, 1});

  const Lock lock(table_lock_);
  Held& held = find(owner, id);
  const int64_t used_meanwhile = held.session.info.used_ms;
  held.use_is_stored = used_meanwhile <= changed.info.used_ms;
  changed.info.used_ms = std::max(changed.info.used_ms, used_meanwhile);
  std::swap(held.session, changed);  // the old reading is freed after the lock
  return held.session.info;
}

void Sessions::remove(const std::string& owner, const std::string& id) {
  const Lock changing(changing_);
  {
    const Lock lock(table_lock_);
    find(owner, id);
  }
  if (storage_ != nullptr) storage_->drop({&id, 1});
  const Lock lock(table_lock_);
  table_.erase(id);
}

std::vector<SessionInfo> Sessions::list(const std::string& owner) const {
  std::vector<SessionInfo> infos;
  {
    const Lock lock(table_lock_);
    for (const auto& [id, held] : table_)
      if (held.session.owner == owner) infos.push_back(held.session.info);
  }
  std::sort(infos.begin(), infos.end(), [](const SessionInfo& a, const SessionInfo& b) {
    return std::tie(a.created_ms, a.id) < std::tie(b.created_ms, b.id);
  });
  return infos;
}

int64_t Sessions::count() const {
  const Lock lock(table_lock_);
  return static_cast<int64_t>(table_.size());
}

int64_t Sessions::expire(int64_t now_ms) {
  const Lock changing(changing_);
  std::vector<std::string> idle;
  std::vector<SessionInfo> used;
  {
    const Lock lock(table_lock_);
    for (const auto& [id, held] : table_) {
      if (now_ms - held.session.info.used_ms > limits_.idle_ms) {
        idle.push_back(id);
      } else if (!held.use_is_stored) {
        used.push_back(held.session.info);
      }
    }
  }
  if (storage_ != nullptr && !idle.empty()) storage_->drop(idle);
  {
    const Lock lock(table_lock_);
    for (const std::string& id : idle) table_.erase(id);
  }
  if (storage_ == nullptr || used.empty()) return static_cast<int64_t>(idle.size());
  storage_->touch(used);
  const Lock lock(table_lock_);
  for (const SessionInfo& info : used) {
    Held& held = table_.at(info.id);
    held.use_is_stored = held.session.info.used_ms == info.used_ms;
  }
  return static_cast<int64_t>(idle.size());
}

// With table_lock_ held.
Sessions::Held& Sessions::find(const std::string& owner, const std::string& id) {
  const auto found = table_.find(id);
  if (found == table_.end() || found->second.session.owner != owner) throw SessionNotFound();
  return found->second;
}

void Sessions::require_room(const std::string& owner, int64_t count) const {
  const Lock lock(table_lock_);
  if (static_cast<int64_t>(table_.size()) + count > limits_.in_all)
    throw TooManySessions(fmt::format("the server keeps at most {} sessions and has {}; come again later",
                                      limits_.in_all, table_.size()));
  const auto own = std::count_if(table_.begin(), table_.end(),
                                 [&](const auto& entry) { return entry.second.session.owner == owner; });
  if (own + count > limits_.per_owner)
    throw TooManySessions(
        fmt::format("a key has at most {} sessions and this one has {}; delete one first", limits_.per_owner, own));
}

// With changing_ held.
void Sessions::add(const std::vector<StoredSession>& sessions) {
  if (storage_ != nullptr) storage_->put(sessions);
  const Lock lock(table_lock_);
  for (const StoredSession& session : sessions) table_.emplace(session.info.id, Held{session, true});
}

}  // namespace rmt::engine
