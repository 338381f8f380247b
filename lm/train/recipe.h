// A training run as a value: what model, on what text, through which stages. app/train_recipe.h reads it from TOML.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lm/train/row_stream.h"
#include "lm/train/trained_reader.h"
#include "lm/train/trainer.h"

namespace rmt::lm {

/// A model that does not exist yet.
struct NewModel {
  model::BackboneConfig config{};  ///< but for the vocabulary's size, which is the tokenizer's
  std::string tokenizer;           ///< a file or folder; its files are copied beside the model
};

struct Recipe {
  std::string base;  ///< a model as --model takes it; empty with `fresh`
  std::optional<NewModel> fresh{};
  model::RmtConfig rmt{.memory_tokens = 16, .positions = model::TextPositions::pretrained};

  TrainedPart trained{};
  std::optional<model::Precision> precision{};  ///< not given: whichever is faster here

  std::vector<TrainSource> sources{};
  int64_t shuffle_rows = 512;

  TrainSettings settings{};
};

/// Everything that cannot work, a sentence each; empty when nothing is wrong.
std::vector<std::string> problems(const Recipe& recipe);

/// Of everything that decides the numbers of a run: hex sha256.
std::string fingerprint(const Recipe& recipe);

/// The longest row any stage needs: max(N) * T + 1.
int64_t row_tokens(const Recipe& recipe);

}  // namespace rmt::lm
