#include "web/server/api/logprobs.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace rmt::web {
namespace {

namespace asio = boost::asio;

/// The four arrays are written one after the other.
enum class Part { tokens, token_logprobs, top_logprobs, text_offset };
constexpr std::array<std::pair<Part, std::string_view>, 4> kParts = {{{Part::tokens, "tokens"},
                                                                      {Part::token_logprobs, "token_logprobs"},
                                                                      {Part::top_logprobs, "top_logprobs"},
                                                                      {Part::text_offset, "text_offset"}}};

/// The token itself is always among the alternatives, with the very number of token_logprobs.
void write_top(JsonWriter& json, const TextCodec& text, const TokenLog& log, size_t i) {
  const std::optional<float> own = log.logprob(i);
  if (!own) return json.null();
  json.begin_object();
  bool has_own = false;
  for (const engine::TopToken& top : log.top(i)) {
    const bool is_own = top.id == log.id(i);
    has_own |= is_own;
    json.key(text.name(top.id));
    write_logprob(json, is_own ? own : top.logprob);
  }
  if (!has_own) {
    json.key(text.name(log.id(i)));
    write_logprob(json, own);
  }
  json.end_object();
}

void write_entry(JsonWriter& json, Part part, const TextCodec& text, const TokenLog& log, size_t i,
                 CharacterPlace& place) {
  switch (part) {
    case Part::tokens: json.text(text.name(log.id(i))); return;
    case Part::token_logprobs: return write_logprob(json, log.logprob(i));
    case Part::top_logprobs: return write_top(json, text, log, i);
    case Part::text_offset: json.number(place.pass(text.bytes(log.id(i)))); return;
  }
}

}  // namespace

int64_t CharacterPlace::pass(std::string_view bytes) {
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; };
  const bool mid_character = !bytes.empty() && continues(bytes.front()) && begun_ > 0;
  const int64_t at = mid_character ? begun_ - 1 : begun_;
  begun_ += std::ranges::count_if(bytes, [&](char c) { return !continues(c); });
  return at;
}

void write_logprob(JsonWriter& json, std::optional<float> logprob) {
  constexpr float kImpossible = -9999;
  if (!logprob || std::isnan(*logprob)) return json.null();
  json.number(std::max(*logprob, kImpossible));
}

void write_logprobs(JsonWriter& json, const TextCodec& text, const TokenLog& log, CharacterPlace& place) {
  json.begin_object();
  for (const auto& [part, name] : kParts) {
    json.key(name).begin_array();
    for (size_t i = 0; i < log.size(); ++i) write_entry(json, part, text, log, i, place);
    json.end_array();
  }
  json.end_object();
}

asio::awaitable<void> write_logprobs(AnswerWriter& answer, const TextCodec& text, std::vector<const TokenLog*> logs) {
  JsonWriter& json = answer.json();
  CharacterPlace place;
  json.begin_object();
  for (const auto& [part, name] : kParts) {
    json.key(name).begin_array();
    for (const TokenLog* log : logs) {
      for (size_t i = 0; i < log->size(); ++i) {
        write_entry(json, part, text, *log, i, place);
        if (answer.full()) co_await answer.flush();
      }
    }
    json.end_array();
  }
  json.end_object();
}

}  // namespace rmt::web
