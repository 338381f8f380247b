// POST /v1/completions: what was asked for, checked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "web/server/api/api.h"
#include "web/server/json/body_reader.h"

namespace rmt::web {

struct Prompt {
  std::optional<std::string> text;  ///< where it was given as text: an echo repeats it as it was
  std::vector<int32_t> ids;
};

struct CompletionRequest {
  std::vector<Prompt> prompts;
  engine::Continuation continuation;
  int64_t choices = 1;  ///< of each prompt
  bool echo = false, stream = false, include_usage = false, return_token_ids = false;
  std::optional<int> logprobs;
  std::string cache_salt;
  std::optional<std::string> session;  ///< go on from what it has read
  bool commit = false;                 ///< and leave it behind the completion
};

/// Of a body whose bulk field is "prompt". Throws HttpError: 400, 404 for another model.
CompletionRequest read_completion_request(Body body, const Api& api);

/// The prompts as tokens, from a text's start or, `mid_text`, in the middle of one. A prompt without tokens is no
/// beginning: at a start it becomes the token that texts begin with. Throws HttpError(400).
std::vector<Prompt> prompts_of(Bulk bulk, const Api& api, bool mid_text, const std::string& field = "prompt");

/// The request's jobs, in the order of its prompts.
std::vector<engine::Job> jobs_of(const CompletionRequest& request, const std::string& owner, engine::ReadingPtr from);

}  // namespace rmt::web
