// A session as clients see it.
#pragma once

#include "lm/engine/sessions.h"
#include "web/server/api/api.h"
#include "web/server/api/json_answer.h"

namespace rmt::web {

inline Json session_json(const engine::SessionInfo& info, const Api& api) {
  return {{"id", info.id},
          {"object", "session"},
          {"name", info.name},
          {"model", api.model()},
          {"version", info.version},
          {"created", info.created_ms / 1000},
          {"used", info.used_ms / 1000},
          {"tokens", info.tokens},
          {"segments", info.segments},
          {"state_bytes", api.generator.info().reading.state_bytes()}};
}

}  // namespace rmt::web
