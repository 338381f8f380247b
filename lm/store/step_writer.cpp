#include "lm/store/step_writer.h"

#include <stdexcept>

#include "lm/store/rows.h"
#include "lm/store/sha256.h"

namespace rmt::store {

StepWriter::StepWriter(const Database& database)
    : database_(database),
      insert_segment_(database, "INSERT INTO segment (" + std::string(kSegmentColumns) +
                                    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"),
      count_segments_(database, "SELECT coalesce(max(seg) + 1, 0) FROM segment WHERE document = ?1"),
      put_state_(database,
                 "INSERT INTO state (document, segments, blob, sha256) VALUES (?1, ?2, ?3, ?4) "
                 "ON CONFLICT (document) DO UPDATE SET segments = ?2, blob = ?3, sha256 = ?4"),
      drop_state_(database, "DELETE FROM state WHERE document = ?1"),
      finish_document_(
          database, "UPDATE document SET finished = 1, tokens = ?2, bytes = ?3, chars = ?4, words = ?5 WHERE id = ?1") {
}

void StepWriter::segment(const SegmentRow& row) {
  insert_segment_.run(row.document, row.index, row.token_from, row.token_to, row.byte_from, row.byte_to,
                      row.scored_tokens, row.scored_bytes, row.nll, row.nll_reset, row.nll_head, row.scored_head,
                      row.nll_head_reset, row.ms);
}

void StepWriter::state(const StateRow& state) {
  count_segments_.bind(state.document).step();
  const int64_t stored = count_segments_.integer(0);
  count_segments_.reset();
  if (stored != state.segments) {
    throw std::invalid_argument("document " + std::to_string(state.document) + ": a state after " +
                                std::to_string(state.segments) + " segments, but " + std::to_string(stored) +
                                " are stored");
  }
  const std::string digest = state_digest(state);
  put_state_.run(state.document, state.segments, Blob{state.blob}, Blob{digest});
}

void StepWriter::end(const DocumentRow& document) {
  finish_document_.run(document.id, document.tokens, document.bytes, document.chars, document.words);
  if (database_.changed_rows() != 1) {
    throw std::invalid_argument(database_.path() + ": no document " + std::to_string(document.id));
  }
  drop_state_.run(document.id);
}

std::string state_digest(const StateRow& state) {
  const std::string where = std::to_string(state.document) + " " + std::to_string(state.segments) + "\n";
  return Sha256().update(where).update(state.blob).finish();
}

}  // namespace rmt::store
