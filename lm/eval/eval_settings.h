// What an evaluation is: the settings that decide its numbers, and where its rows are kept.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "lm/eval/document_stream.h"
#include "lm/eval/segment_scorer.h"
#include "lm/eval/windows.h"
#include "lm/store/store.h"

namespace rmt::lm {

struct EvalSettings {
  Protocol protocol = Protocol::rmt;
  MemoryPolicy memory = MemoryPolicy::carry;  ///< rmt only
  bool gain = false;                          ///< rmt only: every segment once more with the memory reset
  WindowRule window;                          ///< of a protocol other than rmt
  std::optional<WindowRule> strided;          ///< a windowed baseline in the same pass
  std::optional<int32_t> prefix;              ///< the BOS or EOS id windowed protocols put before the text
  Cut cut;
  uint64_t seed = 0;  ///< of MemoryPolicy::shuffle

  size_t batch = 1;          ///< documents in flight; does not change a number
  int64_t ahead = 1;         ///< segments of a document in one step, at most; with more, last bits may change
  bool skip_broken = false;  ///< go on after a document that cannot be read to its end
  std::string fingerprint;   ///< of model, tokenizer and wrapper: what a saved state belongs to
};

/// The rows of one evaluation: the protocol's, or those of the windowed baseline beside it.
enum class Series { main, strided };

/// The runs of an open store that take the rows.
struct Recording {
  store::Store& store;
  int64_t main_run = 0;
  int64_t strided_run = 0;  ///< only with EvalSettings::strided

  int64_t run(Series series) const { return series == Series::main ? main_run : strided_run; }
};

}  // namespace rmt::lm
