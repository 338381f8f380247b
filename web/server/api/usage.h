// What a request cost, as OpenAI's clients read it.
#pragma once

#include "lm/engine/job.h"
#include "web/server/json/json_writer.h"

namespace rmt::web {

struct Usage {
  int64_t prompt_tokens = 0, completion_tokens = 0, cached_tokens = 0;

  void add(const engine::JobEnd& end) {
    prompt_tokens += end.prompt_tokens;
    completion_tokens += end.generated_tokens;
    cached_tokens += end.cached_tokens;
  }
};

inline void write_usage(JsonWriter& json, const Usage& usage) {
  json.begin_object();
  json.key("prompt_tokens").number(usage.prompt_tokens);
  json.key("completion_tokens").number(usage.completion_tokens);
  json.key("total_tokens").number(usage.prompt_tokens + usage.completion_tokens);
  json.key("prompt_tokens_details").begin_object().key("cached_tokens").number(usage.cached_tokens).end_object();
  json.end_object();
}

}  // namespace rmt::web
