// The recordings a stage of training needs: one for each number of rows that a share of its batches has.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "lm/train/recorded_segment.h"

namespace rmt::lm {

class RecordedSegments {
 public:
  using Tell = std::function<void(const std::string& message)>;

  /// The decoder must outlive them; `parameters` are those that change. What cannot be recorded is told, once.
  RecordedSegments(const model::RmtDecoder& decoder, std::vector<Parameter> parameters, Tell tell)
      : decoder_(decoder), gradients_(std::move(parameters)), tell_(std::move(tell)) {}

  /// Recorded now, if it is the first time. Null when the device does not let it be recorded: the plain path is left,
  /// which does the same. Nobody may hold a graph that leads to a parameter.
  RecordedSegment* of(int64_t rows);

  /// Gives back what the recordings hold of the device's memory.
  void forget() { by_rows_.clear(); }

 private:
  const model::RmtDecoder& decoder_;
  KeptGradients gradients_;
  Tell tell_;
  std::map<int64_t, std::unique_ptr<RecordedSegment>> by_rows_;
  bool refused_ = false;
};

}  // namespace rmt::lm
