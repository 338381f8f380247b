// What the endpoints work with, and the endpoints' names. One file beside this one for each subject.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lm/engine/generator.h"
#include "lm/engine/sessions.h"
#include "lm/engine/text_encoder.h"
#include "prover/candidates/tactic_prompt.h"
#include "web/server/api/evals.h"
#include "web/server/api/lean_desk.h"
#include "web/server/api/looks.h"
#include "web/server/blocking_work.h"
#include "web/server/limits.h"
#include "web/server/metrics.h"
#include "web/server/router.h"
#include "web/server/text_codec.h"

namespace rmt::web {

/// How a tactic model is asked by LeanCopilot and llmstep.
struct TacticOptions {
  prover::TacticPrompt prompt;
  int samples = 10;
  float temperature = 0.5F;
};

/// Everything outlives the server's requests. Handlers only read it, but for what keeps itself safe.
struct Api {
  engine::Generator& generator;
  engine::Sessions& sessions;
  TextCodec text;
  Limits limits;
  Evals evals;
  Looks looks;
  LeanDesk lean = {};
  engine::TextEncoder* encoder = nullptr;  ///< texts as vectors; null: not offered
  TacticOptions tactics = {};
  std::vector<std::string> models = {};  ///< names it is served under, the first shown
  int64_t created = 0;                   ///< Unix time of the start
  std::string version = {};
  Metrics metrics = {};
  std::vector<MeasureSource> measures = {};  ///< of parts that are not always there
  std::atomic<bool> draining = false;
  std::unique_ptr<BlockingWork> lean_work = {};  ///< searches and checks; last: they use all of the above

  const std::string& model() const { return models.front(); }
};

/// Throws HttpError(404) for a model that is not served. None, or an empty name, is the one that is.
void check_model(const Api& api, const std::optional<std::string>& name);

}  // namespace rmt::web
