// Chooses the arithmetic of a run by measuring: speed on this machine, and what each costs in
// perplexity on a sample of the text that is to be scored.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "corpora/segments.h"
#include "lm/eval/precision_cache.h"
#include "model/backbone.h"
#include "model/precision.h"
#include "model/rmt/decoder.h"

namespace rmt::lm {

std::optional<model::Precision> precision_by_name(std::string_view name);

struct PrecisionTrial {
  model::Precision precision = model::Precision::fp32;
  double tokens_per_second = 0;
  double loss = 0;  ///< perplexity on the sample over that of fp32, minus 1
};

struct PrecisionChoice {
  model::Precision precision = model::Precision::fp32;
  double loss = 0;
  std::vector<PrecisionTrial> trials;               ///< those whose loss was looked at, fastest first
  std::shared_ptr<const model::Backbone> backbone;  ///< packed as chosen; null when nothing had to be run
};

struct PrecisionQuestion {
  std::vector<model::Precision> candidates;  ///< fp32 is always one
  double most_loss = 0.003;
  std::vector<corpora::Segment> sample;  ///< the first segments of a document; at least one
  model::RmtConfig rmt;
  at::Tensor initial_memory;
  std::string cache_key;  ///< machine, program, model and shape: see precision_cache_key
};

/// `load` gives the backbone anew, packed for a precision. Speeds found in the cache are not measured
/// again; the loss is, unless it was on this very sample. The fastest within the bound wins.
PrecisionChoice choose_precision(const PrecisionQuestion& question,
                                 const std::function<std::shared_ptr<const model::Backbone>(model::Precision)>& load,
                                 const PrecisionCache& cache);

/// From the CPU's name and flags, the number of threads, and what is given.
std::string precision_cache_key(const std::string& program_version, const std::string& model_sha256,
                                const model::RmtConfig& rmt);

}  // namespace rmt::lm
