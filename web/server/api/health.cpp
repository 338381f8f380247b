// Whether the server lives, is ready, what it serves, and what it has done.
#include <algorithm>
#include <iterator>

#include "web/server/api/endpoints.h"
#include "web/server/api/json_answer.h"
#include "web/server/error.h"

namespace rmt::web {
namespace {

void require_ready(const Api& api) {
  if (!api.draining && api.generator.load().accepting) return;
  HttpError error(503, "The server is going down.", {}, "server_shutdown");
  error.retry_after_s = 5;
  throw error;
}

std::string_view memory_of(const engine::GeneratorInfo& info) {
  if (info.reading.memory_tokens == 0) return "none";
  return info.resets_memory ? "reset" : "carried";
}

std::string_view context_note(const engine::GeneratorInfo& info) {
  if (memory_of(info) == "carried") return "None: what was read stays in the memory, nothing is cut off.";
  return "None: nothing is cut off, but no segment knows of those before it.";
}

}  // namespace

awaitable<void> answer_health(Api& api, Exchange& exchange, Call /*call*/) {
  require_ready(api);
  const Json body = {{"status", "ok"}};
  co_await exchange.respond(json_response(body));
}

awaitable<void> answer_live(Api& /*api*/, Exchange& exchange, Call /*call*/) {
  const Json body = {{"status", "ok"}};
  co_await exchange.respond(json_response(body));
}

awaitable<void> answer_ready(Api& api, Exchange& exchange, Call /*call*/) {
  require_ready(api);
  const engine::GeneratorLoad load = api.generator.load();
  const Json body = {{"status", "ok"},
                     {"queued_jobs", load.queued_jobs},
                     {"reading_jobs", load.reading_jobs},
                     {"generating_streams", load.generating_lanes}};
  co_await exchange.respond(json_response(body));
}

awaitable<void> answer_props(Api& api, Exchange& exchange, Call /*call*/) {
  const engine::GeneratorInfo& info = api.generator.info();
  const Limits& limits = api.limits;
  const Json body = {{"model", api.model()},
                     {"version", api.version},
                     {"dtype", info.dtype},
                     {"device", info.device},
                     {"parameters", info.parameters},
                     {"fingerprint", info.reading.fingerprint},
                     {"segment_length", info.reading.segment_length},
                     {"memory_tokens", info.reading.memory_tokens},
                     {"memory", memory_of(info)},
                     {"state_bytes", info.reading.state_bytes()},
                     {"vocabulary", info.reading.vocabulary},
                     {"context", {{"limit", nullptr}, {"note", context_note(info)}}},
                     {"limits",
                      {{"body_bytes", limits.body_bytes},
                       {"prompts", limits.prompts},
                       {"prompt_tokens", limits.prompt_tokens},
                       {"n", limits.choices},
                       {"max_tokens", limits.max_tokens},
                       {"logprobs", limits.top_logprobs},
                       {"stop", limits.stops},
                       {"perplexity_tokens", limits.perplexity_tokens}}}};
  co_await exchange.respond(json_response(body));
}

awaitable<void> answer_metrics(Api& api, Exchange& exchange, Call /*call*/) {
  std::vector<Measure> measures;
  for (const MeasureSource& source : api.measures) std::ranges::move(source(), std::back_inserter(measures));
  Response response{200, {{"content-type", "text/plain; version=0.0.4; charset=utf-8"}}, {}};
  response.body = api.metrics.text(api.generator.info(), api.generator.load(), measures);
  co_await exchange.respond(std::move(response));
}

}  // namespace rmt::web
