// The recurrent decoder as the engine drives it: segments read and scored, tokens decoded, for many streams at once.
#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <string>

#include "lm/engine/stream_model.h"
#include "lm/open_model.h"
#include "model/rmt/decoder.h"
#include "model/rmt/incremental.h"
#include "model/rmt/lane_decoder.h"

namespace rmt::lm {

/// What becomes of the memory after a segment.
enum class ServedMemory {
  carried,  ///< handed on to the next
  reset     ///< every segment starts from the initial one: for a model whose memory was never trained
};

/// What is told of a model that is served. The backbone may be packed. A reading made with the memory reset is not one
/// to go on from with the memory carried, so their fingerprints differ.
engine::GeneratorInfo describe(const LoadedModel& model, ServedMemory memory = ServedMemory::carried);

class RecurrentModel final : public engine::StreamModel {
 public:
  /// Serves `model.backbone` in the precision it is packed for, on its device. Lanes take memory as they grow on the
  /// CPU; on a GPU (and on the CPU, too, where a number is given) so many have fixed places, which steps of fixed shape
  /// need.
  explicit RecurrentModel(const LoadedModel& model, ServedMemory memory = ServedMemory::carried,
                          int64_t fixed_lanes = 0);
  RecurrentModel(const RecurrentModel&) = delete;  // a part of it points to another

  const engine::GeneratorInfo& info() const override { return info_; }
  engine::Reading start() const override;
  void read(std::span<engine::SegmentWork* const> rows) override;
  std::unique_ptr<engine::Lane> open_lane(const engine::Reading& reading,
                                          engine::SegmentWork* scoring = nullptr) override;
  void decode(std::span<const engine::DecodeWork> rows) override;
  std::string save(const engine::Reading& reading) const override;
  engine::Reading restore(const std::string& bytes) const override;

 private:
  // `memory` [1, M, D] and `ids` [t] of the work.
  void read_whole(engine::SegmentWork& work, const at::Tensor& memory, const at::Tensor& ids) const;
  void read_part(engine::SegmentWork& work, const at::Tensor& memory, const at::Tensor& ids) const;
  void score(engine::SegmentWork& work, const engine::Reading& from, std::span<const int32_t> ids,
             const at::Tensor& hidden, int64_t hidden_from) const;

  // The text `ids` [t] begun after `memory`, tokens from `from` on finished: [t - from, D].
  at::Tensor begun(const at::Tensor& memory, const at::Tensor& ids, int64_t from) const;
  at::Tensor logits_after(const at::Tensor& hidden) const;  // [1, D] anywhere -> [V] on the CPU

  engine::GeneratorInfo info_;
  ServedMemory memory_;
  model::RmtDecoder decoder_;
  model::IncrementalDecoder incremental_;
  std::shared_ptr<model::LaneDecoder> fixed_;  // lanes may outlive the model; null where they grow
};

}  // namespace rmt::lm
