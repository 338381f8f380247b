// What has to stand beside a figure for it to mean anything: protocol, model, tokenizer, BOS, arithmetic.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "lm/eval/eval_settings.h"
#include "lm/eval/result.h"
#include "model/rmt/rmt_config.h"

namespace rmt::lm {

struct Identity {
  std::string version;  ///< of rmt-lm
  std::string model;    ///< the name or path given
  std::string model_sha256, tokenizer_sha256;
  std::string device, dtype;
  std::optional<double> dtype_loss;  ///< perplexity against fp32 on a sample of the text, as a fraction
  model::RmtConfig rmt;
  bool trained_memory = false;
  EvalSettings settings;
};

/// "memory carried", "memory reset", "hf-strided 1024/512", …
std::string label(const Identity& identity, Line line);

/// The lines printed under every table: protocol, model, tokenizer, what is and is not scored.
std::vector<std::string> description(const Identity& identity);

/// The same as one object.
nlohmann::json to_json(const Identity& identity);

}  // namespace rmt::lm
