// Sessions as rows: written, dropped, and read back only as they were written.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lm/store/sqlite_handle.h"
#include "lm/store/store.h"

namespace rmt::store {

/// Inside the caller's transaction. Throw std::invalid_argument for rows that break the schema.
void write_sessions(const Database& database, std::span<const SessionRow> sessions);
void write_uses(const Database& database, std::span<const SessionUse> uses);
void delete_sessions(const Database& database, std::span<const std::string> ids);

/// Those of one model, in the order they were made.
std::vector<std::string> read_session_ids(const Database& database, const std::string& fingerprint);

/// Nothing where there is none. Throws Error(corrupt) for a row whose checksum is wrong.
std::optional<SessionRow> read_session(const Database& database, const std::string& id);

}  // namespace rmt::store
