// POST /v1/attention: what the memory of a text is written from, who looks at it, and how it moves.
#include <cmath>
#include <optional>
#include <span>

#include "web/server/api/endpoints.h"
#include "web/server/api/job_queue.h"
#include "web/server/api/json_answer.h"
#include "web/server/api/sampling_fields.h"
#include "web/server/error.h"
#include "web/server/json/body_reader.h"
#include "web/server/json/fields.h"

namespace rmt::web {
namespace {

constexpr size_t kMostMaps = 16;

std::vector<int64_t> read_segments(Fields& fields) {
  const nlohmann::json* values = fields.value("segments");
  if (values == nullptr) return {0};
  std::vector<int64_t> segments;
  if (values->is_array())
    for (const nlohmann::json& value : *values)
      if (value.is_number_integer() && value.get<int64_t>() >= 0) segments.push_back(value.get<int64_t>());
  if (!values->is_array() || segments.size() != values->size() || segments.size() > kMostMaps)
    fields.refuse("segments", "must be a list of at most " + std::to_string(kMostMaps) + " numbers, counted from 0.");
  return segments;
}

engine::Job read_request(const std::string& json, const Api& api, const std::string& owner) {
  const engine::GeneratorInfo& info = api.generator.info();
  if (info.reading.memory_tokens == 0) throw HttpError(400, "This model has no memory to look at.", {}, "no_memory");
  const Body body = read_body(json, api.limits);
  Fields fields(body.fields);
  check_model(api, fields.text("model", 1000));
  const std::string text = fields.text("text", SIZE_MAX).value_or("");
  if (text.empty()) fields.refuse("text", "is missing or empty: there is nothing to read.");
  engine::Job job;
  job.looking.wanted = true;
  job.looking.segments = read_segments(fields);
  job.looking.layer = fields.integer("layer", 0, info.layers - 1);
  job.owner = owner;
  ignore_bookkeeping(fields);
  fields.refuse_unknown();
  job.prompt = api.text.encode(text, true);
  if (static_cast<int64_t>(job.prompt.size()) <= api.limits.perplexity_tokens) return job;
  throw HttpError(413,
                  "The text has " + std::to_string(job.prompt.size()) + " tokens; answers at once are for " +
                      std::to_string(api.limits.perplexity_tokens) + ".",
                  "text");
}

/// A map as rows of `width`, to four digits: what a picture can show.
Json rows_of(const std::vector<float>& map, size_t width) {
  Json rows = Json::array();
  for (size_t at = 0; at + width <= map.size(); at += width) {
    Json row = Json::array();
    for (const float share : std::span(map).subspan(at, width)) row.push_back(std::round(1e4 * share) / 1e4);
    rows.push_back(std::move(row));
  }
  return rows;
}

Json seen_json(const engine::SeenSegment& seen, const TextCodec& text) {
  Json json = {{"segment", seen.segment},
               {"token_from", seen.token_from},
               {"similarity", seen.similarity},
               {"change", seen.change}};
  if (seen.write.empty()) return json;
  Json tokens = Json::array();
  for (const int32_t id : seen.ids) tokens.push_back(text.name(id));
  json["tokens"] = std::move(tokens);
  json["write"] = rows_of(seen.write, seen.ids.size());
  json["read"] = rows_of(seen.read, seen.similarity.size());
  return json;
}

}  // namespace

awaitable<void> answer_attention(Api& api, Exchange& exchange, Call call) {
  const std::string json = co_await exchange.read_body(api.limits.body_bytes);
  std::vector<engine::Job> jobs;
  jobs.push_back(read_request(json, api, call.owner));
  const auto tokens = static_cast<int64_t>(jobs.front().prompt.size());
  JobChannel channel(api.generator, exchange.executor(), SIZE_MAX);
  exchange.on_gone(channel.on_gone());
  JobQueue queue(channel, std::move(jobs), api.limits, api.metrics);
  queue.begin();
  Json segments = Json::array();
  for (;;) {
    const std::optional<JobEvent> event = co_await queue.next();
    if (!event) break;
    if (const auto* seen = std::get_if<engine::SeenSegment>(&event->what))
      segments.push_back(seen_json(*seen, api.text));
  }
  const engine::GeneratorInfo& info = api.generator.info();
  const Json answer = {{"object", "attention"},
                       {"model", api.model()},
                       {"memory_tokens", info.reading.memory_tokens},
                       {"segment_length", info.reading.segment_length},
                       {"layers", info.layers},
                       {"tokens", tokens},
                       {"segments", std::move(segments)}};
  co_await exchange.respond(json_response(answer));
}

}  // namespace rmt::web
