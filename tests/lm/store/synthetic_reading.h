// A run without a model. Every number depends on the state before it, so that a reading resumed from
// anything but the state after its last stored segment ends with another trace.
#pragma once

#include <functional>
#include <string>

#include "lm/store/store.h"

namespace rmt::store::test {

struct SyntheticReading {
  int64_t documents = 3;  ///< all read side by side, one commit a step, each one segment longer than the last
  int64_t segments = 20;  ///< of the first document
  int64_t state_bytes = 20000;

  /// Resumes where the store stands, or begins, and reads to the end. `on_commit` is called with the
  /// number of steps stored in all. Returns the run.
  int64_t read(
      Store& store, const std::function<void(int64_t)>& on_commit = [](int64_t) {}) const;

  /// How many steps the run has stored. Throws std::runtime_error unless its documents, segments and
  /// states are exactly those that this many steps leave.
  int64_t verify(const Store& store) const;

  std::string state_after(int64_t document, int64_t segments) const;
  SegmentRow segment(int64_t document, int64_t index, const std::string& state) const;
};

}  // namespace rmt::store::test
