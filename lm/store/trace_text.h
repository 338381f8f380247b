// A run's results as text in one canonical form. Two runs that computed the same thing have the same
// text, byte for byte, whatever was interrupted on the way; wall times are left out.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "lm/store/store.h"

namespace rmt::store {

/// Documents by name, each followed by its segments; a line each, doubles in their shortest exact form.
/// `write` gets the text line by line. Throws Error: not_found.
void write_trace_text(const Store& store, int64_t run, const std::function<void(std::string_view)>& write);

/// SHA-256 of that text, in hexadecimal digits.
std::string trace_digest(const Store& store, int64_t run);

}  // namespace rmt::store
