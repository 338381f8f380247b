// How much one request may ask for, and how long a stream may be silent. What is beyond is refused with a sentence,
// never cut.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace rmt::web {

struct Limits {
  size_t body_bytes = size_t{64} << 20;          ///< of a body that is read whole; uploads in pieces have no limit
  size_t json_depth = 64;                        ///< arrays and objects inside each other
  size_t json_values = 100'000;                  ///< of a body, token ids and prompts apart
  size_t prompts = 4096;                         ///< in one request
  int64_t prompt_tokens = 16 << 20;              ///< of one request
  int64_t choices = 128;                         ///< n
  int64_t max_tokens = 1 << 20;                  ///< generated for one choice
  int top_logprobs = 20;                         ///< alternatives told of every token
  size_t stops = 16, stop_bytes = 1024;          ///< stop texts, and the length of one
  size_t biases = 1024;                          ///< entries of logit_bias
  size_t messages = 4096;                        ///< of a chat
  int64_t perplexity_tokens = 65'536;            ///< of one answer at once; longer texts are evaluations
  size_t evals_per_owner = 64;                   ///< evaluations kept for a key, running or done
  size_t looks_per_owner = 4;                    ///< texts kept for a key whose memory was looked at
  size_t look_bytes = size_t{16} << 20;          ///< of the readings that one of them keeps
  size_t choices_at_once = 8;                    ///< of one prompt, so many are generated side by side
  size_t jobs_at_once = 16;                      ///< of one request's prompts, so many run beside each other
  size_t unread_bytes = size_t{16} << 20;        ///< of a job's results that its client has not taken yet
  std::chrono::milliseconds keep_alive{15'000};  ///< of silence in a stream, before a comment is sent
};

}  // namespace rmt::web
