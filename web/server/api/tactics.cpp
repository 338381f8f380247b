// Tactics for Lean's clients: LeanCopilot (POST /generate) and llmstep (POST /).
#include <algorithm>
#include <cmath>
#include <set>

#include "web/server/api/candidates.h"
#include "web/server/api/json_answer.h"
#include "web/server/api/sampling_fields.h"
#include "web/server/error.h"
#include "web/server/json/body_reader.h"
#include "web/server/json/fields.h"

namespace rmt::web {
namespace {

engine::Job tactic_job(const Api& api, const std::string& state, const std::string& prefix, const std::string& owner) {
  const TacticOptions& options = api.tactics;
  engine::Continuation one;
  one.sampling.temperature = options.temperature;
  one.max_tokens = options.prompt.max_tokens;
  one.stop = options.prompt.stop;
  engine::Job job;
  job.prompt = api.text.encode(options.prompt.text(state, prefix), true);
  job.continuations = repeated(one, options.samples);
  job.owner = owner;
  return job;
}

/// The tactics, each once, likeliest first; they open with the prefix.
std::vector<Candidate> tactics_of(std::vector<Candidate> candidates, const std::string& prefix) {
  std::ranges::stable_sort(candidates, std::ranges::greater(), &Candidate::logprob);
  std::set<std::string> seen;
  std::vector<Candidate> tactics;
  for (Candidate& candidate : candidates) {
    candidate.text = prefix + candidate.text;
    const bool blank = candidate.text.find_first_not_of(" \t\r\n") == std::string::npos;
    if (!blank && seen.insert(candidate.text).second) tactics.push_back(std::move(candidate));
  }
  return tactics;
}

/// A probability that Lean can read: in (0, 1], never NaN.
double score_of(double logprob) {
  return std::isfinite(logprob) ? std::clamp(std::exp(logprob), 1e-300, 1.0) : 1e-300;
}

struct TacticRequest {
  std::string state, prefix;
};

TacticRequest read_tactic_request(const std::string& json, const Limits& limits, const char* state_name) {
  const Body body = read_body(json, limits);
  Fields fields(body.fields);
  TacticRequest request;
  request.state = fields.text(state_name, SIZE_MAX).value_or("");
  request.prefix = fields.text("prefix", SIZE_MAX).value_or("");
  if (request.state.empty()) fields.refuse(state_name, "is missing or empty.");
  return request;
}

}  // namespace

// Its client is curl, which looks at no status: what is no list of outputs shows as "Failed to parse response". So a
// refusal is an empty list, with the reason beside it.
awaitable<void> answer_lean_copilot(Api& api, Exchange& exchange, Call call) {
  const std::string json = co_await exchange.read_body(api.limits.body_bytes);
  Json outputs = Json::array();
  std::string refused;
  try {
    const TacticRequest request = read_tactic_request(json, api.limits, "input");
    engine::Job job = tactic_job(api, request.state, request.prefix, call.owner);
    Candidates candidates = co_await generate_all(api, exchange, std::move(job));
    for (const Candidate& tactic : tactics_of(std::move(candidates.list), request.prefix))
      outputs.push_back({{"output", tactic.text}, {"score", score_of(tactic.logprob)}});
  } catch (const HttpError& error) {
    refused = error.what();
  }
  Json answer = {{"outputs", std::move(outputs)}};
  if (!refused.empty()) answer["error"] = refused;
  co_await exchange.respond(json_response(answer));
}

// Its servers answer every request with status 200, {"error": …} where they cannot.
awaitable<void> answer_llmstep(Api& api, Exchange& exchange, Call call) {
  const std::string json = co_await exchange.read_body(api.limits.body_bytes);
  Json answer;
  try {
    const TacticRequest request = read_tactic_request(json, api.limits, "tactic_state");
    engine::Job job = tactic_job(api, request.state, request.prefix, call.owner);
    Candidates candidates = co_await generate_all(api, exchange, std::move(job));
    Json suggestions = Json::array();
    for (const Candidate& tactic : tactics_of(std::move(candidates.list), request.prefix))
      suggestions.push_back(tactic.text);
    answer = {{"suggestions", std::move(suggestions)}};
  } catch (const HttpError& error) {
    answer = {{"error", error.what()}};
  }
  co_await exchange.respond(json_response(answer));
}

}  // namespace rmt::web
