// POST /api/generate as Ollama has it: a completion with its own names, streamed as lines of JSON.
#include <chrono>
#include <ctime>

#include "web/server/api/candidates.h"
#include "web/server/api/completion_request.h"
#include "web/server/api/finish.h"
#include "web/server/api/job_queue.h"
#include "web/server/api/json_answer.h"
#include "web/server/api/sampling_fields.h"
#include "web/server/error.h"
#include "web/server/json/body_reader.h"
#include "web/server/json/fields.h"

namespace rmt::web {
namespace {

struct OllamaRequest {
  engine::Job job;
  bool stream = true;
};

/// Ollama's names for what OpenAI calls otherwise.
nlohmann::json renamed(nlohmann::json options) {
  if (options.is_null()) return nlohmann::json::object();
  if (!options.is_object()) return options;
  const auto rename = [&](const char* from, const char* to) {
    if (!options.contains(from)) return;
    options[to] = options[from];
    options.erase(from);
  };
  rename("repeat_penalty", "repetition_penalty");
  rename("num_predict", "max_tokens");
  // How Ollama runs a model is not how this one runs; a context has no size here.
  for (const char* name : {"num_ctx", "num_keep", "num_batch", "num_gpu", "num_thread", "main_gpu", "use_mmap", "numa",
                           "repeat_last_n", "typical_p", "tfs_z", "mirostat", "penalize_newline"})
    options.erase(name);
  return options;
}

OllamaRequest read_ollama_request(const std::string& json, const Api& api, const std::string& owner) {
  Body body = read_body(json, api.limits);
  body.fields["options"] = renamed(body.fields.value("options", nlohmann::json::object()));
  Fields fields(body.fields);
  std::string model = fields.text("model", 1000).value_or("");
  if (model.ends_with(":latest")) model.resize(model.size() - std::string_view(":latest").size());
  check_model(api, model);
  for (const char* name : {"suffix", "images", "format"}) {
    const nlohmann::json* value = fields.value(name);
    if (value != nullptr && !value->empty() && *value != "") fields.refuse(name, "is not offered here.");
  }
  Fields options = *fields.object("options");
  engine::Continuation one = read_continuation(options, api.limits, api.text);
  const auto length = options.integer("max_tokens", -2, api.limits.max_tokens);
  one.max_tokens = length && *length >= 0 ? *length : int64_t{1024};
  options.refuse_unknown();

  OllamaRequest request;
  request.stream = fields.boolean("stream").value_or(true);
  const std::string system = fields.text("system", SIZE_MAX).value_or("");
  const std::string prompt = fields.text("prompt", SIZE_MAX).value_or("");
  fields.ignore({"raw", "keep_alive", "template", "context", "think"});
  fields.refuse_unknown();
  Bulk bulk;
  bulk.shape = Bulk::Shape::text;
  bulk.texts.push_back(system.empty() ? prompt : system + "\n\n" + prompt);
  request.job.prompt = std::move(prompts_of(std::move(bulk), api, false).front().ids);
  request.job.continuations = repeated(one, 1);
  request.job.owner = owner;
  return request;
}

std::string now_text() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

Json piece(const Api& api, const std::string& text) {
  return {{"model", api.model()}, {"created_at", now_text()}, {"response", text}, {"done", false}};
}

Json last_piece(const Api& api, const std::string& text, engine::Ending ending, const engine::JobEnd& end) {
  const auto nanoseconds = [](double ms) { return static_cast<int64_t>(ms * 1e6); };
  Json json = piece(api, text);
  json["done"] = true;
  json["done_reason"] = finish_reason(ending);
  json["total_duration"] = nanoseconds(end.queued_ms + end.read_ms + end.generate_ms);
  json["prompt_eval_count"] = end.prompt_tokens;
  json["prompt_eval_duration"] = nanoseconds(end.read_ms);
  json["eval_count"] = end.generated_tokens;
  json["eval_duration"] = nanoseconds(end.generate_ms);
  return json;
}

awaitable<void> stream_lines(Api& api, Exchange& exchange, engine::Job job) {
  JobChannel channel(api.generator, exchange.executor(), api.limits.unread_bytes);
  exchange.on_gone(channel.on_gone());
  std::vector<engine::Job> jobs;
  jobs.push_back(std::move(job));
  JobQueue queue(channel, std::move(jobs), api.limits, api.metrics);
  queue.begin();
  Response head{200, {{"content-type", "application/x-ndjson"}}, {}};
  co_await exchange.begin(std::move(head));
  std::string last_text;
  engine::Ending ending = engine::Ending::length;
  engine::JobEnd end;
  for (;;) {
    const std::optional<JobEvent> event = co_await queue.next();
    if (!event) break;
    if (const auto* token = std::get_if<engine::GeneratedToken>(&event->what)) {
      if (token->text.empty()) continue;
      std::string line = store::json_line(piece(api, token->text)) + "\n";
      co_await exchange.write(std::move(line));
    } else if (const auto* closed = std::get_if<engine::ContinuationEnd>(&event->what)) {
      last_text = closed->text;
      ending = closed->ending;
    } else if (const auto* job_end = std::get_if<engine::JobEnd>(&event->what)) {
      end = *job_end;
    }
  }
  std::string line = store::json_line(last_piece(api, last_text, ending, end)) + "\n";
  co_await exchange.write(std::move(line));
  co_await exchange.end();
}

}  // namespace

awaitable<void> answer_ollama(Api& api, Exchange& exchange, Call call) {
  const std::string json = co_await exchange.read_body(api.limits.body_bytes);
  OllamaRequest request = read_ollama_request(json, api, call.owner);
  if (request.stream) {
    co_await stream_lines(api, exchange, std::move(request.job));
    co_return;
  }
  const Candidates candidates = co_await generate_all(api, exchange, std::move(request.job));
  const Candidate& only = candidates.list.front();
  const Json answer = last_piece(api, only.text, only.ending, candidates.end);
  co_await exchange.respond(json_response(answer));
}

}  // namespace rmt::web
