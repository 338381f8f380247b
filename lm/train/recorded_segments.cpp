#include "lm/train/recorded_segments.h"

#include <c10/util/Exception.h>

namespace rmt::lm {

RecordedSegment* RecordedSegments::of(int64_t rows) {
  if (refused_) return nullptr;
  std::unique_ptr<RecordedSegment>& recorded = by_rows_[rows];
  if (recorded) return recorded.get();
  try {
    recorded = std::make_unique<RecordedSegment>(decoder_, rows, gradients_);
    return recorded.get();
  } catch (const c10::OutOfMemoryError&) {
    throw;
  } catch (const c10::Error& error) {
    refused_ = true;
    forget();
    const std::string reason = error.what_without_backtrace();
    tell_("A training step could not be recorded as a CUDA graph (" + reason.substr(0, reason.find('\n')) +
          "); every operation is launched by itself, with the same results");
    return nullptr;
  }
}

}  // namespace rmt::lm
