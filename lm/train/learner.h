// What a trainer trains and on what, whatever it is: a language model on documents, a classifier on memory tasks.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lm/train/adamw.h"
#include "lm/train/objective.h"
#include "lm/train/stage.h"

namespace rmt::lm {

/// A share of a batch: its part for one process and one turn of accumulation.
struct BatchShare {
  int64_t index = 0, count = 1;
};

class Learner {
 public:
  virtual ~Learner() = default;

  virtual std::vector<Parameter> parameters() const = 0;

  /// Writes the model into an existing folder, complete enough to be opened again.
  virtual void save(const std::string& folder) const = 0;
  /// Takes the parameters' values back from what save() wrote.
  virtual void load(const std::string& folder) = 0;
};

/// Batches in the order of the curriculum.
class Batches {
 public:
  virtual ~Batches() = default;

  /// Makes the batch of `plan` the current one. Plans come in order, each once; after a resume those before it
  /// come through skip().
  virtual void next(const BatchPlan& plan) = 0;
  virtual void skip(const BatchPlan& plan) = 0;

  /// A share of the current batch; all shares together are the batch. Null when it has no row for this share.
  virtual std::unique_ptr<Objective> objective(BatchShare share) const = 0;

  /// Of the current batch, whole: targets with a loss, and tokens read.
  virtual int64_t targets() const = 0;
  virtual int64_t tokens() const = 0;
};

}  // namespace rmt::lm
