// What one step of reading writes: segments, the states after them, the ends of documents. The
// statements are compiled once, as a commit is the price of every segment.
#pragma once

#include <string>

#include "lm/store/sqlite_handle.h"
#include "lm/store/store.h"

namespace rmt::store {

/// Each call writes inside the caller's transaction. Throws std::invalid_argument for rows that do not
/// belong to a document of the database or that break its schema.
class StepWriter {
 public:
  explicit StepWriter(const Database& database);

  void segment(const SegmentRow& row);
  void state(const StateRow& state);      ///< refused unless it is the one after the last segment
  void end(const DocumentRow& document);  ///< drops the document's state

 private:
  const Database& database_;
  Statement insert_segment_, count_segments_, put_state_, drop_state_, finish_document_;
};

/// SHA-256 of the whole row, so that a blob under another document's or segment's name is refused too.
std::string state_digest(const StateRow& state);

}  // namespace rmt::store
