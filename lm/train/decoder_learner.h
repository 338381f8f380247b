// A decoder in training.
#pragma once

#include "lm/train/learner.h"
#include "lm/train/trained_reader.h"
#include "model/rmt/decoder.h"

namespace rmt::lm {

class DecoderLearner final : public Learner {
 public:
  /// `opened` must outlive the learner.
  DecoderLearner(const LoadedModel& opened, const TrainedPart& trained)
      : reader_(opened, trained), decoder_(reader_.backbone(), opened.rmt, reader_.memory()) {}

  const model::RmtDecoder& decoder() const { return decoder_; }

  std::vector<Parameter> parameters() const override { return reader_.parameters(); }
  void save(const std::string& folder) const override { reader_.save(folder); }
  void load(const std::string& folder) override { reader_.load(folder); }

 private:
  TrainedReader reader_;
  model::RmtDecoder decoder_;
};

}  // namespace rmt::lm
