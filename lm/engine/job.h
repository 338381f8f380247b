// What can be asked of a model that serves many at once: to read tokens, score them, and go on from them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lm/engine/reading.h"

namespace rmt::engine {

/// How the next token is drawn. The order is that of llama.cpp and vLLM: biases, penalties, temperature, then the cuts.
struct Sampling {
  float temperature = 1;         ///< 0: always the likeliest token
  int32_t top_k = 0;             ///< keep the k likeliest; 0: all
  float top_p = 1;               ///< then the fewest whose probabilities reach p
  float min_p = 0;               ///< then those at least min_p times as likely as the likeliest
  float repetition_penalty = 1;  ///< divides positive logits of tokens generated before, multiplies negative ones
  float presence_penalty = 0, frequency_penalty = 0;  ///< subtracted once, and for each time generated
  std::vector<std::pair<int32_t, float>> bias;        ///< added to a token's logit
  uint64_t seed = 0;                                  ///< with the position alone decides the draw
};

/// One continuation of a prompt.
struct Continuation {
  Sampling sampling;
  std::optional<int64_t> max_tokens;  ///< none: until something else ends it; no context limits it
  std::vector<std::string> stop;      ///< texts that end it; the text handed out ends before them
  bool stop_at_eos = true;
  int top_logprobs = 0;  ///< how many alternatives are told of every token
};

/// What is wanted of the prompt itself.
struct Scoring {
  bool wanted = false;
  int64_t from = 0;        ///< of the prompt's tokens, the first that is scored
  int top_logprobs = 0;    ///< alternatives told of every token
  bool reset_too = false;  ///< the same tokens also with the memory reset at every segment
};

/// What is wanted of the memory itself, segment by segment.
struct Looking {
  bool wanted = false;
  std::vector<int64_t> segments;  ///< of the text, whole ones: what their memory is written from, and who looks at it
  std::optional<int64_t> layer;   ///< of those maps; none: the mean over all. Heads are averaged
  int64_t readings_every = 0;     ///< after every so many segments the reading is told, too; 0: never
};

struct Job {
  ReadingPtr from;              ///< what was read before the prompt; null: nothing
  std::vector<int32_t> prompt;  ///< read first
  bool more_to_come = false;    ///< further tokens of the prompt are fed while it runs
  Scoring scoring;
  Looking looking;
  std::vector<Continuation> continuations;  ///< each from the end of the prompt, none knows of the others
  bool use_cache = true;                    ///< may begin from a cached reading of the same tokens
  std::string cache_salt;                   ///< jobs with different salts never share a cached reading
  std::string owner;                        ///< whose limits it counts against; owners take turns
};

struct TopToken {
  int32_t id = 0;
  float logprob = 0;
};

struct ScoredToken {
  int32_t id = 0;
  std::optional<float> logprob;        ///< none for the first token of a text: nothing predicts it
  std::optional<float> logprob_reset;  ///< with the memory reset, where asked for
  std::vector<TopToken> top;           ///< the likeliest, best first
};

/// Tokens of a prompt, in order; a whole segment of the text, or what the prompt has of one.
struct ScoredTokens {
  int64_t segment = 0;     ///< of the text, from 0 on
  int64_t token_from = 0;  ///< of the text: number of the first token below
  std::vector<ScoredToken> tokens;
  double ms = 0;  ///< wall time of the step
};

/// What a whole segment did to the memory.
struct SeenSegment {
  int64_t segment = 0, token_from = 0;
  std::vector<int32_t> ids;
  std::vector<float> similarity;   ///< [M], cosine of each memory vector before and after
  std::vector<float> change;       ///< [M], length of their difference over that of the vector before
  std::vector<float> write, read;  ///< [M * T] and [T * M] where a map was asked for: shares of a row's attention
  ReadingPtr after;                ///< where it was asked for
};

struct GeneratedToken {
  int continuation = 0;
  int32_t id = 0;
  float logprob = 0;  ///< of the model, before sampling changed anything
  std::vector<TopToken> top;
  std::string text;  ///< what has become certain: whole characters, no part of a stop text; often none
};

enum class Ending { stop, eos, length, cancelled, shut_down, failed };

struct ContinuationEnd {
  int continuation = 0;
  Ending ending = Ending::length;
  std::string text;       ///< held back until now
  std::string stop_text;  ///< the stop text that ended it
  int64_t tokens = 0;     ///< generated, the last (eos) included
  ReadingPtr reading;     ///< of the prompt and all generated tokens; null where it was broken off
};

struct JobEnd {
  Ending ending = Ending::length;  ///< cancelled, shut_down, failed; anything else: it was done
  std::string why;                 ///< where it failed
  ReadingPtr reading;              ///< of the prompt
  int64_t prompt_tokens = 0, cached_tokens = 0, generated_tokens = 0;
  double queued_ms = 0, read_ms = 0, generate_ms = 0;
};

}  // namespace rmt::engine
