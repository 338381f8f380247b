// A recurrent reader that answers: a backbone, an initial memory, and one linear layer from a row of the last segment
// to the rooms.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "corpora/tasks/task.h"
#include "lm/open_model.h"
#include "model/rmt/decoder.h"
#include "model/rmt/encoder.h"

namespace rmt::lm {

/// What reading a segment gave.
struct TaskRead {
  at::Tensor row;  ///< [B, D]: what the answer is read from - [CLS] of an encoder, the last token of a decoder.
                   ///< Undefined if it was not wanted.
  model::MemoryState next;
};

/// Where the rows of a segment stand among those the backbone sees.
struct SegmentRows {
  int64_t text = 0;    ///< the first of the text
  int64_t write = 0;   ///< the first of those that become the next memory
  int64_t memory = 0;  ///< how many they are
};

/// The tensors that a task adds to a model.
struct TaskHead {
  at::Tensor weight, bias;  ///< [C, D], [C]
};
TaskHead new_task_head(int64_t classes, int64_t width, uint64_t seed);

class TaskModel {
 public:
  /// Takes an opened model, encoder or decoder, and its backbone as it is to be used. Throws model::Error(mismatch)
  /// where a tokenizer lacks what an encoder needs, or shapes do not fit.
  TaskModel(const LoadedModel& opened, std::shared_ptr<const model::Backbone> backbone, at::Tensor memory,
            TaskHead head);

  const TaskHead& head() const { return head_; }
  const model::RmtConfig& config() const;

  model::MemoryState start(int64_t batch) const;
  /// An observer sees every layer's rows as segment_rows() says.
  TaskRead read(const model::SegmentBatch& segment, const model::MemoryState& state, bool answer_wanted,
                const model::AttentionObserver* observer = nullptr) const;
  SegmentRows segment_rows(int64_t text_tokens) const;

  /// row [B, D] -> logits [B, C]
  at::Tensor answer(const at::Tensor& row) const;

 private:
  TaskHead head_;
  std::optional<model::RmtEncoder> encoder_;  // one of the two
  std::optional<model::RmtDecoder> decoder_;
};

/// A trained task model's folder: a model as rmt_checkpoint.h describes it, and task.json and task_head.safetensors.
struct TaskDescription {
  corpora::TaskKind kind = corpora::TaskKind::memorize;
  int64_t pairs = 4;             ///< of recall
  int64_t trained_segments = 0;  ///< most it was trained with
};
void write_task(const std::string& folder, const TaskDescription& task, const TaskHead& head);
/// Whether a folder holds a task model.
bool is_task(const std::string& folder);
/// Throws model::Error: not_found, malformed, mismatch.
TaskDescription read_task(const std::string& folder, TaskHead& head);

}  // namespace rmt::lm
