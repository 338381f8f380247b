// Words and times that several answers share.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "lm/engine/job.h"

namespace rmt::web {

/// As OpenAI names it: an end of text and a stop text are both "stop".
inline std::string_view finish_reason(engine::Ending ending) {
  return ending == engine::Ending::stop || ending == engine::Ending::eos ? "stop" : "length";
}

inline int64_t unix_time() {
  using std::chrono::system_clock;
  return std::chrono::duration_cast<std::chrono::seconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace rmt::web
