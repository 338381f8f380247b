// The recurrent decoder token by token for many lanes at once, in steps of fixed shape: on a GPU one CUDA graph a step.
// (On the CPU IncrementalDecoder is faster.) As there, no memory is written from here: a full segment is read once more
// as a whole.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "model/device/repeated_step.h"
#include "model/ops/lane_cache.h"
#include "model/rmt/decoder.h"

namespace rmt::model {

class LaneDecoder {
 public:
  /// Room for `lanes` segments begun. The decoder must outlive it.
  LaneDecoder(const RmtDecoder& decoder, int64_t lanes);
  LaneDecoder(const LaneDecoder&) = delete;  // its steps work on its tensors

  int64_t lanes() const { return static_cast<int64_t>(lanes_.size()); }
  int64_t open_lanes() const;
  int64_t tokens_of(int64_t lane) const { return lanes_[static_cast<size_t>(lane)].tokens; }

  /// Takes the lowest free lane for [memory ; ids]: memory [1, M, D], ids [t] int64, at most a segment. `hidden` gets
  /// the rows of tokens [from, t) after the final norm, [t - from, D]. Throws Error(unsupported) when all are taken.
  int64_t open(const at::Tensor& memory, const at::Tensor& ids, int64_t from, at::Tensor& hidden);
  /// A copy of a lane, in a free one.
  int64_t fork(int64_t lane);
  void close(int64_t lane);

  /// One token more in each of several lanes -> the logits after it, [R, V] fp32 on the CPU. Throws Error(mismatch)
  /// where a segment is full.
  at::Tensor extend(std::span<const int64_t> lanes, std::span<const int64_t> ids);

 private:
  struct LaneState {
    bool taken = false;
    int64_t tokens = 0;
  };

  int64_t take();
  RepeatedStep& step_for(int64_t lanes);
  void work(int64_t lanes) const;

  const RmtDecoder& decoder_;
  std::vector<LaneState> lanes_;
  ops::LaneCache cache_;
  at::Tensor staged_;                                       // [3, lanes] int64, pinned: ids, rows, positions
  at::Tensor inputs_;                                       // the same on the device
  at::Tensor logits_;                                       // [lanes, V] fp32, on the device
  at::Tensor fetched_;                                      // the same, pinned
  std::map<int64_t, std::unique_ptr<RepeatedStep>> steps_;  // by lanes: powers of two
};

}  // namespace rmt::model
