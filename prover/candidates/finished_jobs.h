// Jobs of a generator, waited for: from the model's thread to one that has nothing else to do.
#pragma once

#include <functional>
#include <memory>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "lm/engine/generator.h"

namespace rmt::prover {

/// The model could not say anything: too much waits, a job was refused or failed, the program is going down.
class CandidateError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct FinishedContinuation {
  std::string text;
  double logprob = 0;
  int64_t tokens = 0;
  engine::Ending ending = engine::Ending::cancelled;
};

struct FinishedJob {
  std::vector<FinishedContinuation> continuations;
  engine::JobEnd end;
};

/// Called on the model's thread with new text of a job's continuation.
using OnText = std::function<void(size_t job, size_t continuation, std::string_view text)>;

/// Runs the jobs side by side and returns when the last has ended; cancels them when `stop` is requested. Throws
/// CandidateError.
std::vector<FinishedJob> finish_jobs(engine::Generator& generator, std::vector<engine::Job> jobs, const OnText& on_text,
                                     const std::stop_token& stop);

}  // namespace rmt::prover
