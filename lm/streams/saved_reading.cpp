#include "lm/streams/saved_reading.h"

#include <ATen/ops/from_blob.h>

#include <algorithm>
#include <cmath>
#include <new>
#include <stdexcept>

#include "model/rmt/memory_state.h"

namespace rmt::lm {

namespace {

using engine::Reading;
using engine::ReadingInfo;

constexpr const char* kTail = "tail";
constexpr const char* kLastHidden = "last_hidden";
constexpr const char* kRepair = ": read the text again to make a new one";

[[noreturn]] void refuse(const std::string& what) {
  throw std::invalid_argument("a saved reading " + what + kRepair);
}

template <class T>
at::Tensor borrowed(const std::vector<T>& values, at::IntArrayRef shape, at::ScalarType type) {
  return at::from_blob(const_cast<T*>(values.data()), shape, type);
}

template <class T>
std::vector<T> values_of(const at::Tensor& x, const std::string& name, int64_t dimensions, at::ScalarType type) {
  if (x.dim() != dimensions || x.scalar_type() != type) refuse("has a " + name + " of another shape or type");
  const at::Tensor dense = x.contiguous();
  const T* first = dense.const_data_ptr<T>();
  return {first, first + dense.numel()};
}

bool all_finite(const std::vector<float>& values) {
  return std::all_of(values.begin(), values.end(), [](float x) { return std::isfinite(x); });
}

Reading parse(const std::string& bytes, const ReadingInfo& info) {
  model::NamedTensors extra;
  const model::MemoryState state = model::load_state(bytes, info.fingerprint, &extra);
  if (state.batch() != 1) refuse("is of " + std::to_string(state.batch()) + " texts instead of one");
  Reading reading;
  reading.memory = values_of<float>(state.memory, "memory", 3, at::kFloat);
  if (state.memory.size(1) != info.memory_tokens || state.memory.size(2) != info.width)
    refuse("has a memory of another shape");
  reading.segments = state.segments[0];
  reading.tokens = state.tokens[0];
  for (const auto& [name, tensor] : extra) {
    if (name == kTail)
      reading.tail = values_of<int32_t>(tensor, name, 1, at::kInt);
    else if (name == kLastHidden)
      reading.last_hidden = values_of<float>(tensor, name, 1, at::kFloat);
    else
      refuse("holds something unknown");
  }
  return reading;
}

}  // namespace

void check_reading(const Reading& reading, const ReadingInfo& info) {
  const auto floats = [](const std::vector<float>& values) { return static_cast<int64_t>(values.size()); };
  const auto tail = static_cast<int64_t>(reading.tail.size());
  if (floats(reading.memory) != info.memory_tokens * info.width) refuse("has a memory of another size");
  if (reading.segments < 0 || reading.tokens < 0 || tail >= info.segment_length ||
      reading.tokens / info.segment_length != reading.segments || reading.tokens % info.segment_length != tail)
    refuse("contradicts itself: " + std::to_string(reading.segments) + " whole segments of " +
           std::to_string(info.segment_length) + " tokens and " + std::to_string(tail) + " more are not " +
           std::to_string(reading.tokens));
  if (floats(reading.last_hidden) != (reading.segments > 0 ? info.width : 0))
    refuse("has a last hidden state of another size");
  for (const int32_t id : reading.tail)
    if (id < 0 || id >= info.vocabulary)
      refuse("has token " + std::to_string(id) + " of a vocabulary of " + std::to_string(info.vocabulary));
  if (!all_finite(reading.memory) || !all_finite(reading.last_hidden)) refuse("holds numbers that are none");
}

std::string save_reading(const Reading& reading, const ReadingInfo& info) {
  check_reading(reading, info);
  const model::MemoryState state{
      borrowed(reading.memory, {1, info.memory_tokens, info.width}, at::kFloat), {reading.segments}, {reading.tokens}};
  model::NamedTensors extra;
  if (!reading.tail.empty())
    extra.emplace_back(kTail, borrowed(reading.tail, {static_cast<int64_t>(reading.tail.size())}, at::kInt));
  if (!reading.last_hidden.empty())
    extra.emplace_back(kLastHidden, borrowed(reading.last_hidden, {info.width}, at::kFloat));
  return model::save_state(state, info.fingerprint, extra);
}

Reading restore_reading(const std::string& bytes, const ReadingInfo& info) try {
  Reading reading = parse(bytes, info);
  check_reading(reading, info);
  return reading;
} catch (const std::invalid_argument&) {
  throw;
} catch (const std::bad_alloc&) {
  throw;
} catch (const std::exception& error) {  // of the formats below, whatever their kind
  throw std::invalid_argument(error.what());
}

}  // namespace rmt::lm
