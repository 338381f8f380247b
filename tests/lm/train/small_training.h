// A small model on disk, text of our own, and a training run on them, for tests of what belongs together there.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lm/train/decoder_learner.h"
#include "lm/train/document_batches.h"
#include "lm/train/trainer.h"
#include "tests/support/temporary_folder.h"

namespace rmt::tests {

/// A Llama of two layers in `folder`/model, which is given as --model is; segments of 12 tokens, 3 memory tokens.
lm::LoadedModel open_small(const std::string& path, int64_t memory_tokens = 3);

/// A stage of 2 segments and 4 rows.
lm::Stage small_stage(int64_t steps, double rate = 1e-3);

/// Model, text and settings in a folder of their own.
struct SmallTraining {
  SmallTraining();

  /// Trains to the end of the stages and returns the steps.
  std::vector<lm::StepReport> train(lm::Learner& learner, const model::RmtDecoder& decoder) const;
  std::vector<lm::StepReport> train(lm::DecoderLearner& learner) const { return train(learner, learner.decoder()); }

  std::string model() const { return folder / "model"; }
  std::string newest() const;  ///< checkpoint

  TemporaryFolder folder;
  lm::TrainSettings settings;
  bool recorded = false;  ///< see DocumentBatches::record
};

}  // namespace rmt::tests
