// A run as a file for other programs.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "lm/store/store.h"

namespace rmt::store {

enum class ExportFormat {
  csv,    ///< RFC 4180: a header, then a row a segment with its document's name; of a training run a row a step
  json,   ///< one object: run, totals, documents, each with its totals and segments; steps
  jsonl,  ///< an object a line, told apart by "type": the run, then each document and its segments, then steps
};

std::optional<ExportFormat> parse_export_format(std::string_view name);

/// Of one moment, whatever is written meanwhile. Doubles read back as the same bits. `write` gets the
/// text piece by piece, and may throw. Throws Error: not_found.
void export_run(const Store& store, int64_t run, ExportFormat format,
                const std::function<void(std::string_view)>& write);

}  // namespace rmt::store
