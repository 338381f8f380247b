#include "lm/store/session_rows.h"

#include "lm/store/error.h"
#include "lm/store/sha256.h"

namespace rmt::store {
namespace {

// Of all that decides whose reading it is and of what, so that a blob in another row is refused too.
std::string digest_of(const SessionRow& session) {
  const std::string where = session.id + " " + std::to_string(session.version) + " " +
                            std::to_string(session.segments) + " " + std::to_string(session.tokens) + " " +
                            session.owner + "\n" + session.fingerprint + "\n";
  return Sha256().update(where).update(session.reading).finish();
}

}  // namespace

void write_sessions(const Database& database, std::span<const SessionRow> sessions) {
  Statement put(
      database,
      "INSERT INTO session (id, owner, name, fingerprint, version, created, used, segments, tokens, reading, "
      "sha256) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT (id) DO UPDATE SET owner = ?2, "
      "name = ?3, fingerprint = ?4, version = ?5, created = ?6, used = ?7, segments = ?8, tokens = ?9, "
      "reading = ?10, sha256 = ?11");
  for (const SessionRow& session : sessions) {
    const std::string digest = digest_of(session);
    put.run(session.id, session.owner, session.name, session.fingerprint, session.version, session.created,
            session.used, session.segments, session.tokens, Blob{session.reading}, Blob{digest});
  }
}

void write_uses(const Database& database, std::span<const SessionUse> uses) {
  Statement touch(database, "UPDATE session SET used = max(used, ?2) WHERE id = ?1");
  for (const SessionUse& use : uses) touch.run(use.id, use.used);
}

void delete_sessions(const Database& database, std::span<const std::string> ids) {
  Statement drop(database, "DELETE FROM session WHERE id = ?1");
  for (const std::string& id : ids) drop.run(id);
}

std::vector<std::string> read_session_ids(const Database& database, const std::string& fingerprint) {
  std::vector<std::string> ids;
  Statement query(database, "SELECT id FROM session WHERE fingerprint = ?1 ORDER BY created, id");
  query.bind(fingerprint);
  while (query.step()) ids.push_back(query.text(0));
  return ids;
}

std::optional<SessionRow> read_session(const Database& database, const std::string& id) {
  Statement query(database,
                  "SELECT id, owner, name, fingerprint, version, created, used, segments, tokens, reading, sha256 "
                  "FROM session WHERE id = ?1");
  if (!query.bind(id).step()) return std::nullopt;
  SessionRow session{.id = query.text(0),
                     .owner = query.text(1),
                     .name = query.text(2),
                     .fingerprint = query.text(3),
                     .version = query.integer(4),
                     .created = query.integer(5),
                     .used = query.integer(6),
                     .segments = query.integer(7),
                     .tokens = query.integer(8),
                     .reading = query.blob(9)};
  if (digest_of(session) == query.blob(10)) return session;
  throw Error(Errc::corrupt, database.path() + ": session " + id +
                                 " does not have the checksum it was stored with. Delete it, and read its text again "
                                 "or restore a backup.");
}

}  // namespace rmt::store
