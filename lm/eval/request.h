// From what a person asks for to what is run: defaults that depend on the model, and what does not go
// together.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "lm/eval/eval_settings.h"
#include "lm/open_model.h"

namespace rmt::lm {

enum class BosPolicy { from_tokenizer, always, never };

struct EvalRequest {
  Protocol protocol = Protocol::rmt;
  std::optional<MemoryPolicy> memory{};  ///< default: carry, or reset where no memory was trained
  bool gain = false;
  bool baselines = false;           ///< an hf-strided series, and the gain where a memory is carried
  std::optional<int64_t> window{};  ///< default: the model's positions; llamacpp 512; beside rmt a segment
  std::optional<int64_t> stride{};  ///< default: 512 at most; beside rmt half a window
  BosPolicy bos = BosPolicy::from_tokenizer;
  int64_t max_tokens = -1;
  int64_t batch = 1;
  uint64_t seed = 0;
  bool skip_broken = false;
  bool tactics = false;  ///< score the lines of Lean's tactic proofs, too
};

/// Throws std::invalid_argument, in full sentences that name the options, for what cannot be done.
EvalSettings resolve(const EvalRequest& request, const LoadedModel& model);

}  // namespace rmt::lm
