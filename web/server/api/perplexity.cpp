// POST /v1/perplexity: a short text scored, answered at once.
#include <optional>

#include "web/server/api/endpoints.h"
#include "web/server/api/job_queue.h"
#include "web/server/api/row_json.h"
#include "web/server/api/sampling_fields.h"
#include "web/server/api/session_use.h"
#include "web/server/api/upload.h"
#include "web/server/error.h"
#include "web/server/json/body_reader.h"
#include "web/server/json/fields.h"

namespace rmt::web {
namespace {

struct PerplexityRequest {
  std::string text;
  bool memory_gain = false;
  std::optional<std::string> session;
};

PerplexityRequest read_request(const std::string& json, const Api& api) {
  const Body body = read_body(json, api.limits);
  Fields fields(body.fields);
  check_model(api, fields.text("model", 1000));
  PerplexityRequest request;
  request.text = fields.text("text", SIZE_MAX).value_or("");
  if (request.text.empty()) fields.refuse("text", "is missing or empty: there is nothing to score.");
  request.memory_gain = fields.boolean("memory_gain").value_or(false);
  request.session = fields.text("session", 200);
  if (request.session && request.memory_gain)
    fields.refuse("memory_gain", "needs the text from its beginning, not behind a session.");
  ignore_bookkeeping(fields);
  fields.refuse_unknown();
  return request;
}

/// All of the text at once.
std::vector<int32_t> tokens_of(const std::string& text, engine::ScoreRows& rows, const Limits& limits) {
  std::vector<int32_t> ids = rows.push(text);
  const std::vector<int32_t> rest = rows.finish();
  ids.insert(ids.end(), rest.begin(), rest.end());
  const auto count = static_cast<int64_t>(ids.size());
  if (count <= limits.perplexity_tokens) return ids;
  throw HttpError(413,
                  "The text has " + std::to_string(count) + " tokens; answers at once are for " +
                      std::to_string(limits.perplexity_tokens) + ". POST /v1/evals takes texts of any length.",
                  "text");
}

}  // namespace

awaitable<void> answer_perplexity(Api& api, Exchange& exchange, Call call) {
  const std::string json = co_await exchange.read_body(api.limits.body_bytes);
  const PerplexityRequest request = read_request(json, api);
  const SessionUse session(api, call.owner, request.session, false);
  engine::ScoreRows::Settings settings;
  settings.name = "the text";
  settings.segment_length = api.generator.info().reading.segment_length;
  if (!request.session) settings.bos = opening_bos(api.text);
  settings.reset_too = request.memory_gain;
  engine::ScoreRows text(api.text.tokenizer(), settings);
  engine::Job job;
  job.from = session.from();
  job.prompt = tokens_of(request.text, text, api.limits);
  job.scoring.wanted = true;
  job.scoring.reset_too = request.memory_gain;
  job.owner = call.owner;
  JobChannel channel(api.generator, exchange.executor(), SIZE_MAX);
  exchange.on_gone(channel.on_gone());
  std::vector<engine::Job> jobs;
  jobs.push_back(std::move(job));
  JobQueue queue(channel, std::move(jobs), api.limits, api.metrics);
  queue.begin();

  Json rows = Json::array();
  for (;;) {
    const std::optional<JobEvent> event = co_await queue.next();
    if (!event) break;
    const auto* scored = std::get_if<engine::ScoredTokens>(&event->what);
    if (scored == nullptr) continue;
    for (const store::SegmentRow& row : text.scored(*scored)) rows.push_back(row_json(row, text.totals()));
  }
  const store::DocumentRow document = text.end();
  Json answer = {{"object", "perplexity"}, {"model", api.model()}, {"protocol", "rmt"}};
  answer.update(totals_json(text.totals(), document.tokens, document.bytes));
  answer["rows"] = std::move(rows);
  co_await exchange.respond(json_response(answer));
}

}  // namespace rmt::web
