// Rows of the tables as values: which columns each needs, and how they are read.
#pragma once

#include <string_view>

#include "lm/store/sqlite_handle.h"
#include "lm/store/store.h"

namespace rmt::store {

/// An SQL expression: UTC, ISO 8601 with milliseconds.
inline constexpr std::string_view kNow = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')";

inline constexpr std::string_view kRunColumns =
    "id, command, protocol, model, model_sha256, tokenizer_sha256, config, device, dtype, version, status, started, "
    "ended";
inline constexpr std::string_view kDocumentColumns = "id, name, source, finished, tokens, bytes, chars, words";
inline constexpr std::string_view kSegmentColumns =
    "document, seg, token_from, token_to, byte_from, byte_to, scored_tokens, scored_bytes, nll, nll_reset, nll_head, "
    "scored_head, nll_head_reset, ms";

/// Each reads the row the statement stands on, whose columns are those above.
Run read_run(const Statement& row);
DocumentRow read_document(const Statement& row);
SegmentRow read_segment(const Statement& row);

}  // namespace rmt::store
