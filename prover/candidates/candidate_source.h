// Where tactics to try come from.
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace rmt::prover {

/// A tactic that may be the next step.
struct Candidate {
  std::string tactic;
  double logprob = 0;  ///< of all its tokens given the goals, in nats
  int64_t tokens = 0;
};

/// Told what is being written, while it is; from another thread.
class CandidateListener {
 public:
  virtual ~CandidateListener() = default;
  /// Text that continues candidate `candidate` of state `state`, both counted as they were asked for.
  virtual void on_text(size_t state, size_t candidate, std::string_view text) = 0;
};

/// Where a proof stands, as a source sees it.
struct ProofState {
  int id = 0;                      ///< decides, with the source's seed, what is drawn
  std::vector<std::string> goals;  ///< as Lean prints them
  std::string prefix = {};         ///< every candidate begins with it
  int round = 0;                   ///< how often it was asked about before: draws are others then, and freer
};

class CandidateSource {
 public:
  virtual ~CandidateSource() = default;

  /// Up to `count` different tactics for each state, likeliest first. What was begun is given up when `stop` is
  /// requested; then fewer come back, maybe none. Throws CandidateError.
  virtual std::vector<std::vector<Candidate>> propose(std::span<const ProofState> states, int count,
                                                      CandidateListener* listener, const std::stop_token& stop) = 0;
};

}  // namespace rmt::prover
