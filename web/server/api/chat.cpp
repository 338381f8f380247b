// POST /v1/chat/completions, without tools: the messages become one plain text that the model continues.
#include <optional>

#include "web/server/api/answer_writer.h"
#include "web/server/api/chat_text.h"
#include "web/server/api/endpoints.h"
#include "web/server/api/finish.h"
#include "web/server/api/job_queue.h"
#include "web/server/api/logprobs.h"
#include "web/server/api/sampling_fields.h"
#include "web/server/api/usage.h"
#include "web/server/error.h"
#include "web/server/json/body_reader.h"

namespace rmt::web {
namespace {

struct ChatRequest {
  std::vector<int32_t> prompt;
  engine::Continuation continuation;
  int64_t choices = 1;
  bool stream = false, include_usage = false, logprobs = false;
  std::string cache_salt;
};

struct Chat {
  const Api& api;
  const ChatRequest& request;
  std::string id;
  int64_t created = 0;
};

void refuse_tools(Fields& fields) {
  for (const char* name : {"tools", "functions", "tool_choice", "function_call", "response_format", "audio",
                           "modalities", "prediction", "web_search_options", "reasoning_effort"}) {
    const nlohmann::json* value = fields.value(name);
    if (value == nullptr || value->empty()) continue;
    const bool harmless = *value == "none" || *value == "auto" || *value == nlohmann::json({{"type", "text"}}) ||
                          *value == nlohmann::json({"text"});
    if (!harmless) fields.refuse(name, "is not offered: this server answers with text alone.");
  }
  fields.ignore({"parallel_tool_calls"});
}

void read_lengths(Fields& fields, const Limits& limits, engine::Continuation& continuation) {
  constexpr int64_t kDefaultTokens = 1024;
  const auto newer = fields.integer("max_completion_tokens", 1, limits.max_tokens);
  const auto older = fields.integer("max_tokens", 1, limits.max_tokens);
  continuation.max_tokens = newer ? newer : older ? older : kDefaultTokens;
}

void read_logprobs(Fields& fields, const Limits& limits, ChatRequest& request) {
  request.logprobs = fields.boolean("logprobs").value_or(false);
  const auto top = fields.integer("top_logprobs", 0, limits.top_logprobs);
  if (top && !request.logprobs) fields.refuse("top_logprobs", "needs \"logprobs\": true.");
  request.continuation.top_logprobs = static_cast<int>(top.value_or(0));
}

ChatRequest read_chat_request(std::string_view json, const Api& api) {
  const Body body = read_body(json, api.limits);
  Fields fields(body.fields);
  check_model(api, fields.text("model", 1000));
  ChatRequest request;
  request.continuation = read_continuation(fields, api.limits, api.text);
  read_lengths(fields, api.limits, request.continuation);
  read_logprobs(fields, api.limits, request);
  request.choices = fields.integer("n", 1, api.limits.choices).value_or(1);
  request.stream = fields.boolean("stream").value_or(false);
  if (auto options = fields.object("stream_options")) {
    request.include_usage = options->boolean("include_usage").value_or(false);
    options->ignore({"continuous_usage_stats", "include_obfuscation"});
    options->refuse_unknown();
  }
  request.cache_salt = fields.text("cache_salt", 1000).value_or("");
  const ChatText chat = chat_text(fields, api.limits);
  refuse_tools(fields);
  ignore_bookkeeping(fields);
  fields.refuse_unknown();

  for (const std::string& stop : chat.stop) request.continuation.stop.push_back(stop);
  request.prompt = api.text.encode(chat.prompt, true);
  return request;
}

engine::Job job_of(const ChatRequest& request, const std::string& owner) {
  engine::Job job;
  job.prompt = request.prompt;
  job.continuations = repeated(request.continuation, request.choices);
  job.cache_salt = request.cache_salt;
  job.owner = owner;
  return job;
}

void write_head(JsonWriter& json, const Chat& chat, std::string_view object) {
  json.key("id").text(chat.id);
  json.key("object").text(object);
  json.key("created").number(chat.created);
  json.key("model").text(chat.api.model());
}

void write_token(JsonWriter& json, const TextCodec& text, int32_t id, std::optional<float> logprob) {
  json.key("token").text(text.name(id));
  json.key("logprob");
  write_logprob(json, logprob);
  json.key("bytes").begin_array();
  for (const char byte : text.bytes(id)) json.number(int64_t{static_cast<unsigned char>(byte)});
  json.end_array();
}

void write_content_logprobs(JsonWriter& json, const TextCodec& text, const TokenLog& log) {
  json.begin_object().key("content").begin_array();
  for (size_t i = 0; i < log.size(); ++i) {
    json.begin_object();
    write_token(json, text, log.id(i), log.logprob(i));
    json.key("top_logprobs").begin_array();
    for (const engine::TopToken& top : log.top(i)) {
      json.begin_object();
      write_token(json, text, top.id, top.logprob);
      json.end_object();
    }
    json.end_array().end_object();
  }
  json.end_array().end_object();
}

struct Message {
  std::string text;
  TokenLog tokens;
  engine::Ending ending = engine::Ending::length;
};

void write_choice(JsonWriter& json, const Chat& chat, const Message& message, int64_t index) {
  json.begin_object();
  json.key("index").number(index);
  json.key("message").begin_object();
  json.key("role").text("assistant");
  json.key("content").text(message.text);
  json.end_object();
  json.key("logprobs");
  if (chat.request.logprobs)
    write_content_logprobs(json, chat.api.text, message.tokens);
  else
    json.null();
  json.key("finish_reason").text(finish_reason(message.ending));
  json.end_object();
}

awaitable<void> answer_whole(const Chat& chat, Exchange& exchange, JobQueue& queue) {
  std::vector<Message> messages(static_cast<size_t>(chat.request.choices));
  Usage usage;
  for (;;) {
    const std::optional<JobEvent> event = co_await queue.next();
    if (!event) break;
    if (const auto* token = std::get_if<engine::GeneratedToken>(&event->what)) {
      Message& message = messages[static_cast<size_t>(token->continuation)];
      message.text += token->text;
      message.tokens.add(token->id, token->logprob, token->top);
    } else if (const auto* end = std::get_if<engine::ContinuationEnd>(&event->what)) {
      Message& message = messages[static_cast<size_t>(end->continuation)];
      message.text += end->text;
      message.ending = end->ending;
    } else if (const auto* job = std::get_if<engine::JobEnd>(&event->what)) {
      usage.add(*job);
    }
  }
  AnswerWriter writer(exchange);
  JsonWriter& json = writer.json();
  json.begin_object();
  write_head(json, chat, "chat.completion");
  json.key("choices").begin_array();
  int64_t index = 0;
  for (const Message& message : messages) {
    write_choice(json, chat, message, index++);
    if (writer.full()) co_await writer.flush();
  }
  json.end_array().key("usage");
  write_usage(json, usage);
  json.end_object();
  co_await writer.finish();
}

/// One event: a delta with what is not empty of role and text.
std::string chunk(const Chat& chat, int64_t index, std::string_view role, std::string_view text, const TokenLog& log,
                  std::optional<std::string_view> finish) {
  JsonWriter json;
  json.begin_object();
  write_head(json, chat, "chat.completion.chunk");
  json.key("choices").begin_array().begin_object();
  json.key("index").number(index);
  json.key("delta").begin_object();
  if (!role.empty()) json.key("role").text(role);
  if (!role.empty() || !text.empty()) json.key("content").text(text);
  json.end_object();
  json.key("logprobs");
  if (chat.request.logprobs && log.size() > 0)
    write_content_logprobs(json, chat.api.text, log);
  else
    json.null();
  json.key("finish_reason");
  if (finish)
    json.text(*finish);
  else
    json.null();
  json.end_object().end_array();
  if (chat.request.include_usage) json.key("usage").null();
  json.end_object();
  return json.take();
}

std::string usage_chunk(const Chat& chat, const Usage& usage) {
  JsonWriter json;
  json.begin_object();
  write_head(json, chat, "chat.completion.chunk");
  json.key("choices").begin_array().end_array();
  json.key("usage");
  write_usage(json, usage);
  json.end_object();
  return json.take();
}

awaitable<void> answer_stream(const Chat& chat, Exchange& exchange, JobQueue& queue) {
  EventStream events(exchange, chat.api.limits.keep_alive);
  co_await events.open();
  const TokenLog nothing;
  for (int64_t k = 0; k < chat.request.choices; ++k) {
    const std::string line = chunk(chat, k, "assistant", "", nothing, std::nullopt);
    co_await events.send(line);
  }
  Usage usage;
  for (;;) {
    const std::optional<JobEvent> event = co_await queue.next(&events);
    if (!event) break;
    std::string line;
    if (const auto* token = std::get_if<engine::GeneratedToken>(&event->what)) {
      TokenLog log;
      log.add(token->id, token->logprob, token->top);
      if (!token->text.empty() || chat.request.logprobs)
        line = chunk(chat, token->continuation, "", token->text, log, std::nullopt);
    } else if (const auto* end = std::get_if<engine::ContinuationEnd>(&event->what)) {
      line = chunk(chat, end->continuation, "", end->text, nothing, finish_reason(end->ending));
    } else if (const auto* job = std::get_if<engine::JobEnd>(&event->what)) {
      usage.add(*job);
    }
    if (!line.empty()) co_await events.send(line);
  }
  if (chat.request.include_usage) {
    const std::string line = usage_chunk(chat, usage);
    co_await events.send(line);
  }
  co_await events.send("[DONE]");
  co_await events.close();
}

}  // namespace

awaitable<void> answer_chat(Api& api, Exchange& exchange, Call call) {
  const std::string body = co_await exchange.read_body(api.limits.body_bytes);
  const ChatRequest request = read_chat_request(body, api);
  // What makes up a whole answer is kept in any case.
  const size_t most_unread = request.stream ? api.limits.unread_bytes : SIZE_MAX;
  JobChannel channel(api.generator, exchange.executor(), most_unread);
  exchange.on_gone(channel.on_gone());
  std::vector<engine::Job> jobs;
  jobs.push_back(job_of(request, call.owner));
  JobQueue queue(channel, std::move(jobs), api.limits, api.metrics);
  queue.begin();
  const Chat chat{api, request, "chatcmpl-" + exchange.request().id, unix_time()};
  if (request.stream)
    co_await answer_stream(chat, exchange, queue);
  else
    co_await answer_whole(chat, exchange, queue);
}

}  // namespace rmt::web
