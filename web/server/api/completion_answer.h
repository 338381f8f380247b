// What the answers to a completion share, whole or streamed.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "web/server/api/completion_request.h"
#include "web/server/api/endpoints.h"
#include "web/server/api/job_queue.h"
#include "web/server/api/session_use.h"
#include "web/server/json/json_writer.h"

namespace rmt::web {

struct Completion {
  const Api& api;
  const CompletionRequest& request;
  std::string id;
  int64_t created = 0;

  /// What the answer repeats of a prompt.
  std::string echoed(const Prompt& prompt) const;
};

/// The members every completion object opens with.
void write_head(JsonWriter& json, const Completion& completion);
void write_ids(JsonWriter& json, std::string_view name, std::span<const int32_t> ids);

/// As server-sent events.
awaitable<void> stream_completion(const Completion& completion, Exchange& exchange, JobQueue& queue,
                                  SessionUse& session);

}  // namespace rmt::web
