// Tactics drawn from the model: every candidate of a state is forked from one reading of the file.
#pragma once

#include <cstdint>
#include <string>

#include "corpora/tokenizer.h"
#include "lm/engine/generator.h"
#include "prover/candidates/candidate_source.h"
#include "prover/candidates/tactic_prompt.h"
#include "prover/theorem.h"

namespace rmt::prover {

/// What the model knows of the file when it sees a goal.
enum class Context {
  none,   ///< the goals alone
  tail,   ///< also the last tokens before the theorem
  memory  ///< all that stands before it, read segment by segment into memory
};

struct DrawOptions {
  TacticPrompt prompt;
  Context context = Context::memory;
  int64_t tail_tokens = 512;  ///< of Context::tail: how many
  float temperature = 1;
  uint64_t seed = 0;
  int at_once = 16;   ///< candidates of one job, at most: no more than the generator has lanes
  std::string owner;  ///< whose limits the jobs count against
};

class ModelCandidates final : public CandidateSource {
 public:
  /// Reads the file. Generator and tokenizer must outlive it. Throws CandidateError.
  ModelCandidates(engine::Generator& generator, const corpora::Tokenizer& tokenizer, DrawOptions options,
                  const Theorem& theorem, const std::stop_token& stop = {});

  std::vector<std::vector<Candidate>> propose(std::span<const ProofState> states, int count,
                                              CandidateListener* listener, const std::stop_token& stop) override;

  /// Tokens of the file that every prompt goes on from.
  int64_t context_tokens() const { return context_tokens_; }

 private:
  /// Candidates [from, to) of a state.
  engine::Job job_for(const ProofState& state, int from, int to) const;
  std::vector<int32_t> encode(std::string_view text, bool at_start) const;
  void read_context(const Theorem& theorem, const std::stop_token& stop);

  engine::Generator& generator_;
  const corpora::Tokenizer& tokenizer_;
  const DrawOptions options_;
  engine::ReadingPtr context_;  // null: nothing was read
  int64_t context_tokens_ = 0;
};

}  // namespace rmt::prover
