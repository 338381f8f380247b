// POST /v1/completions: prompts in any of OpenAI's four forms, scored (echo with logprobs), continued, or both.
#include <optional>

#include "web/server/api/answer_writer.h"
#include "web/server/api/completion_answer.h"
#include "web/server/api/endpoints.h"
#include "web/server/api/finish.h"
#include "web/server/api/job_queue.h"
#include "web/server/api/logprobs.h"
#include "web/server/api/session_use.h"
#include "web/server/api/usage.h"

namespace rmt::web {
namespace {

struct Choice {
  std::string text;
  TokenLog tokens;
  engine::Ending ending = engine::Ending::length;  // also of a choice nothing is generated for
};

struct PromptAnswer {
  TokenLog prompt;
  std::vector<Choice> choices;
};

void take(PromptAnswer& answer, const JobEvent& event) {
  if (const auto* scored = std::get_if<engine::ScoredTokens>(&event.what)) {
    for (const engine::ScoredToken& token : scored->tokens) answer.prompt.add(token.id, token.logprob, token.top);
  } else if (const auto* token = std::get_if<engine::GeneratedToken>(&event.what)) {
    Choice& choice = answer.choices[static_cast<size_t>(token->continuation)];
    choice.text += token->text;
    choice.tokens.add(token->id, token->logprob, token->top);
  } else if (const auto* end = std::get_if<engine::ContinuationEnd>(&event.what)) {
    Choice& choice = answer.choices[static_cast<size_t>(end->continuation)];
    choice.text += end->text;
    choice.ending = end->ending;
  }
}

awaitable<void> write_choice(AnswerWriter& writer, const Completion& completion, const Prompt& prompt,
                             const PromptAnswer& answer, size_t k, int64_t index) {
  JsonWriter& json = writer.json();
  const CompletionRequest& request = completion.request;
  const Choice& choice = answer.choices[k];
  json.begin_object();
  json.key("index").number(index);
  json.key("text").text(completion.echoed(prompt) + choice.text);
  json.key("logprobs");
  if (request.logprobs) {
    std::vector<const TokenLog*> logs = {&answer.prompt, &choice.tokens};
    co_await write_logprobs(writer, completion.api.text, std::move(logs));
  } else {
    json.null();
  }
  json.key("finish_reason").text(finish_reason(choice.ending));
  if (request.return_token_ids) {
    write_ids(json, "prompt_token_ids", prompt.ids);
    write_ids(json, "token_ids", choice.tokens.ids());
  }
  json.end_object();
  if (writer.full()) co_await writer.flush();
}

awaitable<void> answer_whole(const Completion& completion, Exchange& exchange, JobQueue& queue, SessionUse& session) {
  const CompletionRequest& request = completion.request;
  std::vector<PromptAnswer> answers(request.prompts.size());
  for (PromptAnswer& answer : answers) answer.choices.resize(static_cast<size_t>(request.choices));
  Usage usage;
  for (;;) {
    const std::optional<JobEvent> event = co_await queue.next();
    if (!event) break;
    take(answers[event->job], *event);
    if (const auto* end = std::get_if<engine::JobEnd>(&event->what)) usage.add(*end);
    session.see(*event);
  }
  session.finish();

  AnswerWriter writer(exchange);
  JsonWriter& json = writer.json();
  json.begin_object();
  write_head(json, completion);
  json.key("choices").begin_array();
  int64_t index = 0;
  for (size_t p = 0; p < answers.size(); ++p) {
    for (size_t k = 0; k < answers[p].choices.size(); ++k)
      co_await write_choice(writer, completion, request.prompts[p], answers[p], k, index++);
  }
  json.end_array();
  json.key("usage");
  write_usage(json, usage);
  json.end_object();
  co_await writer.finish();
}

}  // namespace

awaitable<void> answer_completions(Api& api, Exchange& exchange, Call call) {
  std::string body = co_await exchange.read_body(api.limits.body_bytes);
  const CompletionRequest request = read_completion_request(read_body(body, api.limits, "prompt"), api);
  body = {};
  SessionUse session(api, call.owner, request.session, request.commit);
  std::vector<engine::Job> jobs = jobs_of(request, call.owner, session.from());

  // What makes up a whole answer is kept in any case.
  const size_t most_unread = request.stream ? api.limits.unread_bytes : SIZE_MAX;
  JobChannel channel(api.generator, exchange.executor(), most_unread);
  exchange.on_gone(channel.on_gone());
  JobQueue queue(channel, std::move(jobs), api.limits, api.metrics);
  queue.begin();
  const Completion completion{api, request, "cmpl-" + exchange.request().id, unix_time()};
  if (request.stream)
    co_await stream_completion(completion, exchange, queue, session);
  else
    co_await answer_whole(completion, exchange, queue, session);
}

}  // namespace rmt::web
