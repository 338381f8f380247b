// A small recurrent model with drawn weights, driven as the engine drives it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lm/open_model.h"
#include "lm/streams/recurrent_model.h"
#include "model/precision.h"

namespace rmt::tests {

constexpr int64_t kLength = 24, kMemory = 3;  // of its segments and its memory, in tokens

/// Two layers of width 64 over bytes.
lm::LoadedModel loaded(model::Architecture architecture, model::Precision precision = model::Precision::fp32,
                       uint64_t seed = 11);

std::vector<int32_t> ids_of(const std::string& text);

struct Read {
  engine::Reading reading;
  std::vector<engine::TokenScore> scores;
};

/// Whole segments of `ids` are read, the rest becomes the tail; tokens are scored on the way.
Read read(lm::RecurrentModel& model, engine::Reading reading, std::vector<int32_t> ids, int top = 0);

bool same(const engine::Reading& a, const engine::Reading& b);

}  // namespace rmt::tests
