// A completion while it is being made: one event for every piece of text, in OpenAI's order.
#include <optional>

#include "lm/engine/token_text.h"
#include "web/server/api/completion_answer.h"
#include "web/server/api/finish.h"
#include "web/server/api/logprobs.h"
#include "web/server/api/usage.h"
#include "web/server/event_stream.h"

namespace rmt::web {
namespace {

class CompletionStream {
 public:
  CompletionStream(const Completion& completion, EventStream& events) : completion_(completion), events_(events) {
    const CompletionRequest& request = completion.request;
    places_.resize(request.prompts.size() * static_cast<size_t>(request.choices));
    const bool mid_text = request.session.has_value();
    prompt_texts_.assign(request.prompts.size(), engine::TokenText(completion.api.text.tokenizer(), mid_text));
  }

  /// What is echoed without scores is known before anything is read.
  awaitable<void> begin() {
    const CompletionRequest& request = completion_.request;
    for (size_t p = 0; p < request.prompts.size() && request.echo && !request.logprobs; ++p) {
      const std::string text = completion_.echoed(request.prompts[p]);
      for (int64_t k = 0; k < request.choices; ++k) co_await send(p, k, text, nothing_);
    }
  }

  awaitable<void> see(const JobEvent& event) {
    if (const auto* scored = std::get_if<engine::ScoredTokens>(&event.what)) {
      co_await send_scored(event.job, *scored);
    } else if (const auto* token = std::get_if<engine::GeneratedToken>(&event.what)) {
      TokenLog log;
      log.add(token->id, token->logprob, token->top);
      const CompletionRequest& request = completion_.request;
      if (!token->text.empty() || request.logprobs || request.return_token_ids)
        co_await send(event.job, token->continuation, token->text, log);
    } else if (const auto* end = std::get_if<engine::ContinuationEnd>(&event.what)) {
      co_await send(event.job, end->continuation, end->text, nothing_, finish_reason(end->ending));
    } else if (const auto* job = std::get_if<engine::JobEnd>(&event.what)) {
      usage_.add(*job);
      if (completion_.request.continuation.max_tokens == 0) co_await send_ends(event.job);
    }
  }

  awaitable<void> end() {
    if (completion_.request.include_usage) {
      JsonWriter json;
      json.begin_object();
      write_head(json, completion_);
      json.key("choices").begin_array().end_array();
      json.key("usage");
      write_usage(json, usage_);
      json.end_object();
      const std::string line = json.take();
      co_await events_.send(line);
    }
    co_await events_.send("[DONE]");
    co_await events_.close();
  }

 private:
  awaitable<void> send_scored(size_t prompt, const engine::ScoredTokens& scored) {
    TokenLog log;
    std::string text;
    for (const engine::ScoredToken& token : scored.tokens) {
      log.add(token.id, token.logprob, token.top);
      if (token.id < static_cast<int64_t>(completion_.api.text.tokenizer().vocab_size()))
        text += prompt_texts_[prompt].push(token.id);
    }
    for (int64_t k = 0; k < completion_.request.choices; ++k) co_await send(prompt, k, text, log);
  }

  awaitable<void> send_ends(size_t prompt) {
    const std::string no_text;
    for (int64_t k = 0; k < completion_.request.choices; ++k)
      co_await send(prompt, k, no_text, nothing_, finish_reason(engine::Ending::length));
  }

  awaitable<void> send(size_t prompt, int64_t k, const std::string& text, const TokenLog& log,
                       std::optional<std::string_view> finish = std::nullopt) {
    const CompletionRequest& request = completion_.request;
    const auto index = static_cast<int64_t>(prompt) * request.choices + k;
    JsonWriter json;
    json.begin_object();
    write_head(json, completion_);
    json.key("choices").begin_array().begin_object();
    json.key("index").number(index);
    json.key("text").text(text);
    json.key("logprobs");
    if (request.logprobs && log.size() > 0)
      write_logprobs(json, completion_.api.text, log, places_[static_cast<size_t>(index)]);
    else
      json.null();
    json.key("finish_reason");
    if (finish)
      json.text(*finish);
    else
      json.null();
    if (request.return_token_ids) write_ids(json, "token_ids", log.ids());
    json.end_object().end_array();
    if (request.include_usage) json.key("usage").null();
    json.end_object();
    const std::string line = json.take();
    co_await events_.send(line);
  }

  const Completion& completion_;
  EventStream& events_;
  std::vector<CharacterPlace> places_;  // of every choice
  std::vector<engine::TokenText> prompt_texts_;
  const TokenLog nothing_;
  Usage usage_;
};

}  // namespace

std::string Completion::echoed(const Prompt& prompt) const {
  if (!request.echo) return {};
  return prompt.text ? *prompt.text : api.text.decode(prompt.ids);
}

void write_head(JsonWriter& json, const Completion& completion) {
  json.key("id").text(completion.id);
  json.key("object").text("text_completion");
  json.key("created").number(completion.created);
  json.key("model").text(completion.api.model());
}

void write_ids(JsonWriter& json, std::string_view name, std::span<const int32_t> ids) {
  json.key(name).begin_array();
  for (const int32_t id : ids) json.number(int64_t{id});
  json.end_array();
}

awaitable<void> stream_completion(const Completion& completion, Exchange& exchange, JobQueue& queue,
                                  SessionUse& session) {
  EventStream events(exchange, completion.api.limits.keep_alive);
  co_await events.open();
  CompletionStream stream(completion, events);
  co_await stream.begin();
  for (;;) {
    const std::optional<JobEvent> event = co_await queue.next(&events);
    if (!event) break;
    session.see(*event);
    co_await stream.see(*event);
  }
  session.finish();
  co_await stream.end();
}

}  // namespace rmt::web
