// Several continuations of one prompt, for endpoints that answer with all of them at once.
#pragma once

#include <string>
#include <vector>

#include "web/server/api/endpoints.h"

namespace rmt::web {

struct Candidate {
  std::string text;
  double logprob = 0;  ///< of all its tokens, in nats
  engine::Ending ending = engine::Ending::length;
};

struct Candidates {
  std::vector<Candidate> list;  ///< in the order of the job's continuations
  engine::JobEnd end;
};

/// Throws HttpError, Gone.
awaitable<Candidates> generate_all(Api& api, Exchange& exchange, engine::Job job);

}  // namespace rmt::web
