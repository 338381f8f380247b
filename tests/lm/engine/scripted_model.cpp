#include "tests/lm/engine/scripted_model.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <thread>

#include "lm/engine/token_distribution.h"

namespace rmt::tests {
namespace {

using engine::Reading;

uint64_t mix(uint64_t hash, uint64_t value) {
  hash ^= value + 0x9e3779b97f4a7c15u + (hash << 6) + (hash >> 2);
  hash *= 0xff51afd7ed558ccdu;
  return hash ^ (hash >> 33);
}

uint64_t hash_of(const std::vector<float>& memory, std::span<const int32_t> tail) {
  uint64_t hash = 1;
  for (const float value : memory) {
    uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    hash = mix(hash, bits);
  }
  for (const int32_t id : tail) hash = mix(hash, static_cast<uint64_t>(id));
  return hash;
}

std::vector<float> drawn(uint64_t hash, int64_t count) {
  std::vector<float> values;
  for (int64_t i = 0; i < count; ++i)
    values.push_back(static_cast<float>(mix(hash, static_cast<uint64_t>(i)) >> 40) / float{1 << 22});
  return values;
}

}  // namespace

class ScriptedModel::ScriptedLane final : public engine::Lane {
 public:
  ScriptedLane(const ScriptedModel& model, const Reading& reading)
      : model_(model), memory_(reading.memory), tokens_(reading.tail) {
    if (reading.tokens > 0) logits_ = model_.logits_after(memory_, tokens_);
  }
  std::unique_ptr<Lane> fork() const override { return std::make_unique<ScriptedLane>(*this); }
  std::span<const int32_t> tokens() const override { return tokens_; }
  std::span<const float> logits() const override { return logits_; }

  void add(int32_t token) {
    if (static_cast<int64_t>(tokens_.size()) + 1 >= model_.options_.segment_length)
      throw std::logic_error("the lane's segment is full");
    tokens_.push_back(token);
    logits_ = model_.logits_after(memory_, tokens_);
  }

 private:
  const ScriptedModel& model_;
  std::vector<float> memory_;
  std::vector<int32_t> tokens_;
  std::vector<float> logits_;
};

ScriptedModel::ScriptedModel(const Options& options) : options_(options) {
  info_.model = "scripted";
  info_.dtype = "fp32";
  info_.device = "cpu";
  info_.reading = {"scripted-fingerprint", options.segment_length, 2, 3, options.vocabulary};
  info_.eos = {static_cast<int32_t>(options.vocabulary) - 1};
}

Reading ScriptedModel::start() const {
  Reading reading;
  reading.memory = drawn(7, info_.reading.memory_tokens * info_.reading.width);
  return reading;
}

void ScriptedModel::check(int32_t token) const {
  if (token == options_.poison) throw std::runtime_error("the model chokes on token " + std::to_string(token));
}

std::vector<float> ScriptedModel::logits_after(const std::vector<float>& memory, std::span<const int32_t> tail) const {
  if (options_.uniform) return std::vector<float>(static_cast<size_t>(options_.vocabulary), 0);
  return drawn(hash_of(memory, tail), options_.vocabulary);
}

void ScriptedModel::read(std::span<engine::SegmentWork* const> rows) {
  for (engine::SegmentWork* row : rows) {
    if (!row->from->tail.empty()) throw std::logic_error("a segment is read from a border");
    segments_ += 1;
    calls_ += 'r';
    std::this_thread::sleep_for(options_.per_segment);
    for (const int32_t id : row->ids) check(id);
    const std::vector<float> memory = row->reset_memory ? start().memory : row->from->memory;
    const bool first = row->from->tokens == 0;
    for (size_t i = 0; row->score_from && i < row->ids.size(); ++i) {
      if (static_cast<int64_t>(i) < *row->score_from || (first && i == 0)) continue;
      const std::vector<float> logits = logits_after(memory, row->ids.first(i));
      const engine::TokenDistribution distribution(logits);
      row->scores.push_back({distribution.logprob(row->ids[i]), distribution.likeliest(row->top)});
    }
    row->last_hidden = drawn(hash_of(memory, row->ids), info_.reading.width);
    if (row->write)
      row->memory = drawn(hash_of(memory, row->ids) + 1, info_.reading.memory_tokens * info_.reading.width);
  }
}

std::unique_ptr<engine::Lane> ScriptedModel::open_lane(const Reading& reading, engine::SegmentWork* scoring) {
  if (scoring != nullptr) read(std::span(&scoring, 1));
  calls_ += 'o';
  for (const int32_t id : reading.tail) check(id);
  return std::make_unique<ScriptedLane>(*this, reading);
}

void ScriptedModel::decode(std::span<const engine::DecodeWork> rows) {
  calls_ += 'd';
  largest_decode_ = std::max<int64_t>(largest_decode_, static_cast<int64_t>(rows.size()));
  std::this_thread::sleep_for(options_.per_decode);
  for (const engine::DecodeWork& row : rows) {
    check(row.token);
    static_cast<ScriptedLane*>(row.lane)->add(row.token);
  }
}

std::string ScriptedModel::save(const Reading& reading) const {
  std::string bytes = info_.reading.fingerprint + "\n";
  const auto put = [&](const void* data, size_t size) {
    bytes.append(reinterpret_cast<const char*>(&size), sizeof size);
    bytes.append(static_cast<const char*>(data), size);
  };
  put(reading.memory.data(), reading.memory.size() * sizeof(float));
  put(reading.last_hidden.data(), reading.last_hidden.size() * sizeof(float));
  put(reading.tail.data(), reading.tail.size() * sizeof(int32_t));
  put(&reading.segments, sizeof reading.segments);
  return bytes;
}

Reading ScriptedModel::restore(const std::string& bytes) const {
  const std::string head = info_.reading.fingerprint + "\n";
  if (bytes.compare(0, head.size(), head) != 0) throw std::invalid_argument("the state is another model's");
  size_t at = head.size();
  const auto get = [&](auto& values) {
    size_t size = 0;
    if (bytes.size() - at < sizeof size) throw std::invalid_argument("the state is cut short");
    std::memcpy(&size, bytes.data() + at, sizeof size);
    at += sizeof size;
    if (bytes.size() - at < size) throw std::invalid_argument("the state is cut short");
    values.resize(size / sizeof values[0]);
    std::memcpy(values.data(), bytes.data() + at, values.size() * sizeof values[0]);
    at += size;
  };
  Reading reading;
  std::vector<int64_t> segments;
  get(reading.memory);
  get(reading.last_hidden);
  get(reading.tail);
  get(segments);
  reading.segments = segments.at(0);
  reading.tokens = reading.segments * info_.reading.segment_length + static_cast<int64_t>(reading.tail.size());
  return reading;
}

Reading ScriptedModel::reading_of(std::span<const int32_t> text) const {
  Reading reading = start();
  const auto length = static_cast<size_t>(info_.reading.segment_length);
  for (; text.size() >= length; text = text.subspan(length)) {
    const uint64_t hash = hash_of(reading.memory, text.first(length));
    reading.last_hidden = drawn(hash, info_.reading.width);
    reading.memory = drawn(hash + 1, info_.reading.memory_tokens * info_.reading.width);
    reading.segments += 1;
  }
  reading.tail.assign(text.begin(), text.end());
  reading.tokens = reading.segments * info_.reading.segment_length + static_cast<int64_t>(text.size());
  return reading;
}

std::vector<float> ScriptedModel::scores(std::span<const int32_t> text) const {
  std::vector<float> scores;
  for (size_t i = 1; i < text.size(); ++i) {
    const Reading before = reading_of(text.first(i));
    const std::vector<float> logits = logits_after(before.memory, before.tail);
    scores.push_back(engine::TokenDistribution(logits).logprob(text[i]));
  }
  return scores;
}

std::vector<int32_t> ScriptedModel::greedy(std::vector<int32_t> text, size_t count) const {
  const size_t before = text.size();
  while (text.size() < before + count) {
    const Reading reading = reading_of(text);
    const std::vector<float> logits = logits_after(reading.memory, reading.tail);
    text.push_back(static_cast<int32_t>(std::max_element(logits.begin(), logits.end()) - logits.begin()));
  }
  return {text.begin() + static_cast<int64_t>(before), text.end()};
}

}  // namespace rmt::tests
