#include "lm/engine/stored_sessions.h"

#include <stdexcept>
#include <utility>

#include "lm/store/error.h"

namespace rmt::engine {

namespace {

store::SessionRow row_of(const StoredSession& session, const Generator& generator) {
  const SessionInfo& info = session.info;
  return {.id = info.id,
          .owner = session.owner,
          .name = info.name,
          .fingerprint = generator.info().reading.fingerprint,
          .version = info.version,
          .created = info.created_ms,
          .used = info.used_ms,
          .segments = info.segments,
          .tokens = info.tokens,
          .reading = session.reading ? generator.save(*session.reading) : std::string()};
}

StoredSession session_of(store::SessionRow row, const Generator& generator) {
  StoredSession session;
  session.info = {.id = std::move(row.id),
                  .name = std::move(row.name),
                  .version = row.version,
                  .created_ms = row.created,
                  .used_ms = row.used,
                  .segments = row.segments,
                  .tokens = row.tokens};
  session.owner = std::move(row.owner);
  if (!row.reading.empty()) session.reading = std::make_shared<const Reading>(generator.restore(row.reading));
  return session;
}

}  // namespace

StoredSessions::StoredSessions(store::Store& store, std::mutex& store_lock, const Generator& generator,
                               OnProblem on_problem)
    : store_(store), store_lock_(store_lock), generator_(generator), on_problem_(std::move(on_problem)) {}

void StoredSessions::put(std::span<const StoredSession> sessions) {
  std::vector<store::SessionRow> rows;
  for (const StoredSession& session : sessions) rows.push_back(row_of(session, generator_));
  const std::lock_guard lock(store_lock_);
  store_.put_sessions(rows);
}

void StoredSessions::touch(std::span<const SessionInfo> sessions) {
  std::vector<store::SessionUse> uses;
  for (const SessionInfo& info : sessions) uses.push_back({info.id, info.used_ms});
  const std::lock_guard lock(store_lock_);
  store_.touch_sessions(uses);
}

void StoredSessions::drop(std::span<const std::string> ids) {
  const std::lock_guard lock(store_lock_);
  store_.drop_sessions(ids);
}

std::vector<StoredSession> StoredSessions::load() {
  const std::lock_guard lock(store_lock_);
  std::vector<StoredSession> sessions;
  for (const std::string& id : store_.session_ids(generator_.info().reading.fingerprint)) {
    try {
      if (auto row = store_.session(id)) sessions.push_back(session_of(std::move(*row), generator_));
    } catch (const store::Error& error) {
      if (error.code() != store::Errc::corrupt) throw;
      on_problem_(error.what());
    } catch (const std::invalid_argument& error) {
      on_problem_("session " + id + " is left out: " + error.what());
    }
  }
  return sessions;
}

}  // namespace rmt::engine
