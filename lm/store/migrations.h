// How the schema came to be, one step a version. A released step is never edited: a change of the
// schema is a new step at the end, and SCHEMA.md describes the result.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "lm/store/sqlite_handle.h"

namespace rmt::store {

/// "RMTL" in the header of every trace database, where file(1) and SQLite look for it.
inline constexpr int64_t kApplicationId = 0x524D544C;

/// Step i brings a database from user_version i to i + 1.
std::span<const std::string_view> migrations();

/// Runs the steps the database lacks in one transaction: all or none of them are there afterwards.
void migrate(const Database& database, std::span<const std::string_view> steps);

int64_t pragma(const Database& database, std::string_view name);

}  // namespace rmt::store
