// A trace database as a file: told from other programs' files, brought to the current schema, and
// opened with the settings its durability promise rests on (SCHEMA.md).
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "lm/store/sqlite_handle.h"

namespace rmt::store {

/// How long a write waits for another program's transaction, such as a backup's.
inline constexpr std::chrono::milliseconds kBusyTimeout{5000};

/// Creates the file where there is none. Throws Error: foreign, newer, corrupt, busy, io, disk_full.
std::unique_ptr<Database> open_for_writing(const std::string& path);

/// Never writes to the file. Also throws Error: not_found; mismatch if the schema is an older one.
std::unique_ptr<Database> open_for_reading(const std::string& path);

}  // namespace rmt::store
