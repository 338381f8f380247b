// The "logprobs" object of OpenAI's completions: four parallel arrays over the tokens of a choice.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <vector>

#include "web/server/api/answer_writer.h"
#include "web/server/api/token_log.h"
#include "web/server/text_codec.h"

namespace rmt::web {

/// Counts characters of a text given token by token: where each token begins in it.
class CharacterPlace {
 public:
  explicit CharacterPlace(int64_t begun = 0) : begun_(begun) {}

  /// The number of the character that the next bytes begin or go on with; then passes over them.
  int64_t pass(std::string_view bytes);
  int64_t characters() const { return begun_; }

 private:
  int64_t begun_;  // characters whose first byte was passed
};

/// A log-probability as it is printed, everywhere: what a client compares must be equal digit by digit. A token of
/// probability 0 is -9999, as OpenAI has it, for JSON has no infinity.
void write_logprob(JsonWriter& json, std::optional<float> logprob);

/// Of short logs, such as one event's. `place` goes on from event to event.
void write_logprobs(JsonWriter& json, const TextCodec& text, const TokenLog& log, CharacterPlace& place);

/// Of logs of any length, one behind the other.
boost::asio::awaitable<void> write_logprobs(AnswerWriter& answer, const TextCodec& text,
                                            std::vector<const TokenLog*> logs);

}  // namespace rmt::web
