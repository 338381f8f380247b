#include "model/rmt/memory_state.h"

#include <ATen/ops/cat.h>

#include <algorithm>
#include <charconv>
#include <string_view>

#include "model/error.h"
#include "model/weights/safetensors.h"
#include "model/weights/sha256.h"

namespace rmt::model {

namespace {

constexpr const char* kFormat = "rmt-lm memory state 2";
constexpr const char* kMemory = "memory";
constexpr const char* kRepair = ": read the document again to make a new one";

std::string join_numbers(const std::vector<int64_t>& numbers) {
  std::string text;
  for (const int64_t number : numbers) text += (text.empty() ? "" : " ") + std::to_string(number);
  return text;
}

std::vector<int64_t> split_numbers(const std::string& text) {
  std::vector<int64_t> numbers;
  for (const char *at = text.data(), *end = at + text.size(); at != end;) {
    int64_t number = 0;
    const auto [next, error] = std::from_chars(at, end, number);
    if (error != std::errc() || number < 0 || (next != end && *next != ' '))
      throw Error(Errc::malformed, "memory state: '" + text + "' is not a list of counts" + kRepair);
    numbers.push_back(number);
    at = next == end ? end : next + 1;
  }
  return numbers;
}

const std::string& entry(const std::map<std::string, std::string>& metadata, const std::string& key) {
  const auto found = metadata.find(key);
  if (found == metadata.end()) throw Error(Errc::malformed, "memory state: no entry '" + key + "'" + kRepair);
  return found->second;
}

// The checksum is that of the bytes with zeros in its own place. A number with one bit changed would be believed.
constexpr std::string_view kNoChecksum = "0000000000000000000000000000000000000000000000000000000000000000";

void write_checksum(std::string& bytes) {
  const std::string checksum = sha256_hex(bytes);
  bytes.replace(bytes.find(kNoChecksum), checksum.size(), checksum);
}

void check_checksum(std::string bytes, const std::string& checksum) {
  const size_t place = bytes.find(checksum);
  if (checksum.size() == kNoChecksum.size() && place != std::string::npos) {
    bytes.replace(place, checksum.size(), kNoChecksum);
    if (sha256_hex(bytes) == checksum) return;
  }
  throw Error(Errc::malformed, std::string("memory state: its bytes are not those that were saved") + kRepair);
}

}  // namespace

MemoryState MemoryState::fork() const {
  return {memory.clone(), segments, tokens};
}

MemoryState rows_of(const MemoryState& state, int64_t from, int64_t count) {
  const auto part = [&](const std::vector<int64_t>& all) {
    return std::vector<int64_t>(all.begin() + from, all.begin() + from + count);
  };
  return {state.memory.narrow(0, from, count), part(state.segments), part(state.tokens)};
}

MemoryState join(const std::vector<MemoryState>& states) {
  if (states.size() == 1) return states.front();
  MemoryState all;
  std::vector<at::Tensor> memories;
  for (const MemoryState& state : states) {
    memories.push_back(state.memory);
    all.segments.insert(all.segments.end(), state.segments.begin(), state.segments.end());
    all.tokens.insert(all.tokens.end(), state.tokens.begin(), state.tokens.end());
  }
  all.memory = at::cat(memories, 0);
  return all;
}

std::string save_state(const MemoryState& state, const std::string& fingerprint, const NamedTensors& extra) {
  NamedTensors tensors{{kMemory, state.memory.contiguous()}};
  tensors.insert(tensors.end(), extra.begin(), extra.end());
  std::string bytes = write_safetensors(tensors, {{"checksum", std::string(kNoChecksum)},
                                                  {"format", kFormat},
                                                  {"fingerprint", fingerprint},
                                                  {"segments", join_numbers(state.segments)},
                                                  {"tokens", join_numbers(state.tokens)}});
  write_checksum(bytes);
  return bytes;
}

MemoryState load_state(const std::string& bytes, const std::string& fingerprint, NamedTensors* extra) {
  const SafetensorsContent content = read_safetensors(bytes);
  if (entry(content.metadata, "format") != kFormat)
    throw Error(Errc::mismatch, "memory state: format '" + entry(content.metadata, "format") + "', expected '" +
                                    kFormat + "'" + kRepair);
  if (entry(content.metadata, "fingerprint") != fingerprint)
    throw Error(Errc::mismatch, "memory state: made by another model, tokenizer or memory configuration (fingerprint " +
                                    entry(content.metadata, "fingerprint").substr(0, 12) + ", expected " +
                                    fingerprint.substr(0, 12) +
                                    "): use the model it was made with, or read the document again");
  check_checksum(bytes, entry(content.metadata, "checksum"));

  MemoryState state;
  state.segments = split_numbers(entry(content.metadata, "segments"));
  state.tokens = split_numbers(entry(content.metadata, "tokens"));
  for (const auto& [name, tensor] : content.tensors) {
    if (name == kMemory)
      state.memory = tensor;
    else if (extra != nullptr)
      extra->emplace_back(name, tensor);
  }
  if (!state.memory.defined() || state.memory.dim() != 3 || state.memory.scalar_type() != at::kFloat ||
      state.memory.size(0) != state.batch() || state.tokens.size() != state.segments.size())
    throw Error(Errc::malformed, std::string("memory state: no memory [B, M, D] in fp32") + kRepair);
  return state;
}

}  // namespace rmt::model
