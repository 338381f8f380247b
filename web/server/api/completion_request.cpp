#include "web/server/api/completion_request.h"

#include <algorithm>

#include "web/server/api/sampling_fields.h"
#include "web/server/error.h"
#include "web/server/json/fields.h"

namespace rmt::web {
namespace {

/// What a text opens with when it has no words yet.
std::optional<int32_t> opening_token(const TextCodec& text) {
  const corpora::SpecialTokens& specials = text.tokenizer().specials();
  return specials.bos ? specials.bos : specials.eos;
}

void check_ids(const std::vector<int32_t>& ids, const TextCodec& text, const std::string& field) {
  const auto unknown = std::ranges::find_if(ids, [&](int32_t id) { return !text.knows(id); });
  if (unknown == ids.end()) return;
  throw HttpError(400,
                  "'" + field + "' has the token id " + std::to_string(*unknown) + "; this model has ids from 0 to " +
                      std::to_string(text.vocabulary() - 1) + ".",
                  field);
}

void read_unoffered(Fields& fields, int64_t choices) {
  if (const auto best_of = fields.integer("best_of", 1, INT32_MAX); best_of && *best_of != choices)
    fields.refuse("best_of", "other than n is not offered: ask for n choices with logprobs and keep the best.");
  if (const auto suffix = fields.text("suffix", SIZE_MAX); suffix && !suffix->empty())
    fields.refuse("suffix", "is not offered: the model reads from left to right and cannot fill a gap.");
}

void read_stream_options(Fields& fields, CompletionRequest& request) {
  request.stream = fields.boolean("stream").value_or(false);
  auto options = fields.object("stream_options");
  if (!options) return;
  if (!request.stream) fields.refuse("stream_options", "needs \"stream\": true.");
  request.include_usage = options->boolean("include_usage").value_or(false);
  options->ignore({"continuous_usage_stats", "include_obfuscation"});
  options->refuse_unknown();
}

void read_session(Fields& fields, CompletionRequest& request) {
  request.session = fields.text("session", 200);
  request.commit = fields.boolean("commit").value_or(false);
  if (request.commit && !request.session) fields.refuse("commit", "needs a \"session\".");
  if (request.commit && request.choices != 1) fields.refuse("commit", "needs n = 1: a session goes on with one text.");
}

}  // namespace

std::vector<Prompt> prompts_of(Bulk bulk, const Api& api, bool mid_text, const std::string& field) {
  std::vector<Prompt> prompts;
  if (bulk.shape == Bulk::Shape::absent || bulk.shape == Bulk::Shape::null) bulk.texts.emplace_back();
  for (std::string& text : bulk.texts) {
    Prompt prompt{std::nullopt, api.text.encode(text, !mid_text)};
    prompt.text = std::move(text);
    prompts.push_back(std::move(prompt));
  }
  for (std::vector<int32_t>& ids : bulk.lists) {
    check_ids(ids, api.text, field);
    prompts.push_back({std::nullopt, std::move(ids)});
  }
  if (prompts.empty()) throw HttpError(400, "'" + field + "' is an empty list.", field);
  int64_t tokens = 0;
  for (Prompt& prompt : prompts) {
    if (prompt.ids.empty() && !mid_text) {
      const auto opening = opening_token(api.text);
      if (!opening)
        throw HttpError(400, "'" + field + "' has no tokens, and this model has none that begins a text.", field);
      prompt.ids.push_back(*opening);
    }
    tokens += static_cast<int64_t>(prompt.ids.size());
  }
  if (tokens > api.limits.prompt_tokens)
    throw HttpError(413,
                    "'" + field + "' has " + std::to_string(tokens) + " tokens; one request takes " +
                        std::to_string(api.limits.prompt_tokens) + ". Append longer texts to a session.",
                    field);
  return prompts;
}

CompletionRequest read_completion_request(Body body, const Api& api) {
  Fields fields(body.fields);
  check_model(api, fields.text("model", 1000));

  CompletionRequest request;
  request.continuation = read_continuation(fields, api.limits, api.text);
  request.continuation.max_tokens = fields.integer("max_tokens", 0, api.limits.max_tokens).value_or(16);
  request.choices = fields.integer("n", 1, api.limits.choices).value_or(1);
  request.echo = fields.boolean("echo").value_or(false);
  if (const auto logprobs = fields.integer("logprobs", 0, api.limits.top_logprobs))
    request.logprobs = static_cast<int>(*logprobs);
  request.return_token_ids = fields.boolean("return_token_ids").value_or(false);
  request.cache_salt = fields.text("cache_salt", 1000).value_or("");
  read_unoffered(fields, request.choices);
  read_stream_options(fields, request);
  read_session(fields, request);
  ignore_bookkeeping(fields);
  fields.ignore({"prompt"});
  fields.refuse_unknown();

  request.continuation.top_logprobs = request.logprobs.value_or(0);
  request.prompts = prompts_of(std::move(body.bulk), api, request.session.has_value());
  if (request.commit && request.prompts.size() != 1)
    fields.refuse("commit", "needs one prompt: a session goes on with one text.");
  return request;
}

std::vector<engine::Job> jobs_of(const CompletionRequest& request, const std::string& owner, engine::ReadingPtr from) {
  std::vector<engine::Job> jobs;
  for (const Prompt& prompt : request.prompts) {
    engine::Job job;
    job.from = from;
    job.prompt = prompt.ids;
    job.scoring.wanted = request.echo && request.logprobs.has_value();
    job.scoring.top_logprobs = request.logprobs.value_or(0);
    // Without tokens to generate there is nothing to open a stream for.
    if (request.continuation.max_tokens != 0) job.continuations = repeated(request.continuation, request.choices);
    job.cache_salt = request.cache_salt;
    job.owner = owner;
    jobs.push_back(std::move(job));
  }
  return jobs;
}

}  // namespace rmt::web
