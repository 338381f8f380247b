// What a proof search tells its client, in order.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "lm/store/row_json.h"
#include "prover/prove.h"

namespace rmt::web {

using store::Json;

struct ProofOpened {
  std::string theorem;
  std::vector<std::string> goals;
};

struct ProofText {
  int node = 0, candidate = 0;
  std::string text;
};

/// A suggestion that no Lean has seen.
struct Unverified {
  int candidate = 0;
  std::string tactic;
  double logprob = 0;
};

struct ProofEnded {
  prover::ProofReport report;
  int64_t stored = 0;  ///< number in the database; 0: it is not kept
  std::string database = {};
  std::string failure;  ///< where the search broke: a full disk, a bug
};

using ProofEvent = std::variant<ProofOpened, ProofText, prover::Node, prover::SearchTotals, Unverified, ProofEnded>;

/// The messages of an event, "type" first: opened, token, node, progress, proof, end. `lean` is told with opened.
std::vector<Json> messages_of(const ProofEvent& event, const Json& lean);

/// About how much memory it holds.
size_t bytes_of(const ProofEvent& event);

}  // namespace rmt::web
