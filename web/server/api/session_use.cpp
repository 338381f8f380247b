#include "web/server/api/session_use.h"

#include <chrono>

#include "lm/engine/sessions.h"
#include "lm/store/error.h"
#include "web/server/error.h"

namespace rmt::web {

int64_t unix_milliseconds() {
  using std::chrono::system_clock;
  return std::chrono::duration_cast<std::chrono::milliseconds>(system_clock::now().time_since_epoch()).count();
}

void with_sessions(const std::function<void()>& change) {
  try {
    change();
  } catch (const engine::SessionNotFound& error) {
    throw HttpError(404, error.what(), {}, "session_not_found");
  } catch (const engine::SessionConflict& error) {
    throw HttpError(409, error.what(), {}, "session_changed");
  } catch (const engine::TooManySessions& error) {
    throw HttpError(403, error.what(), {}, "too_many_sessions");
  } catch (const store::Error& error) {
    // What the error says names the database's place on this machine, which is no client's business.
    if (error.code() == store::Errc::disk_full)
      throw HttpError(507, "The server's disk is full: nothing was changed.", {}, "disk_full");
    throw HttpError(500, "The server's database could not be written: nothing was changed.", {}, "store_failed");
  }
}

SessionUse::SessionUse(const Api& api, std::string owner, const std::optional<std::string>& id, bool commit)
    : api_(api), owner_(std::move(owner)), id_(id.value_or("")), commit_(commit) {
  if (!id) return;
  with_sessions([&] {
    const engine::Session session = api.sessions.get(owner_, id_, unix_milliseconds());
    from_ = session.reading;
    version_ = session.info.version;
  });
}

void SessionUse::see(const JobEvent& event) {
  if (!commit_) return;
  if (const auto* end = std::get_if<engine::ContinuationEnd>(&event.what)) after_ = end->reading;
  if (const auto* end = std::get_if<engine::JobEnd>(&event.what); end != nullptr && !after_) after_ = end->reading;
}

void SessionUse::finish() {
  if (!commit_) return;
  with_sessions([&] { api_.sessions.replace(owner_, id_, version_, after_, unix_milliseconds()); });
}

}  // namespace rmt::web
