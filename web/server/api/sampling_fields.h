// How a continuation is drawn, as every endpoint that generates is told it: OpenAI's names, and those of the fields
// that vLLM and llama.cpp add.
#pragma once

#include "lm/engine/job.h"
#include "web/server/json/fields.h"
#include "web/server/limits.h"
#include "web/server/text_codec.h"

namespace rmt::web {

/// temperature, top_p, top_k, min_p, repetition_penalty, presence_penalty, frequency_penalty, seed, stop, logit_bias,
/// ignore_eos. Without "seed" one is drawn. Throws HttpError(400).
engine::Continuation read_continuation(Fields& fields, const Limits& limits, const TextCodec& text);

/// "stop": a text or a list of texts.
std::vector<std::string> read_stop(Fields& fields, const std::string& name, const Limits& limits);

/// `count` continuations that differ by their seeds alone.
std::vector<engine::Continuation> repeated(const engine::Continuation& one, int64_t count);

/// A request's fields that mean nothing to one model on one machine.
void ignore_bookkeeping(Fields& fields);

}  // namespace rmt::web
