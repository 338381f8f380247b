// The state of a session as bytes: refused, or restored to a reading that some text can have led to and that is saved
// as the same bytes again. An input is 'r' and bytes as they are, or 'e' and edits of a valid state, since random bytes
// never get past its header: triples of a place (two bytes) and what is flipped there.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "lm/streams/saved_reading.h"

using namespace rmt;

namespace {

const engine::ReadingInfo kInfo{
    .fingerprint = "model", .segment_length = 8, .memory_tokens = 2, .width = 3, .vocabulary = 32};

std::string valid() {
  engine::Reading reading;
  reading.memory = {1, -2, 3, -4, 5, -6};
  reading.last_hidden = {0.5F, 0.25F, -0.125F};
  reading.tail = {7, 31, 0};
  reading.segments = 2;
  reading.tokens = 19;
  return lm::save_reading(reading, kInfo);
}

std::string edited(const uint8_t* edits, size_t size) {
  std::string bytes = valid();
  for (size_t i = 0; i + 2 < size; i += 3) {
    const size_t place = (static_cast<size_t>(edits[i]) | static_cast<size_t>(edits[i + 1]) << 8) % bytes.size();
    bytes[place] = static_cast<char>(bytes[place] ^ edits[i + 2]);
  }
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string bytes =
      data[0] == 'e' ? edited(data + 1, size - 1) : std::string(reinterpret_cast<const char*>(data) + 1, size - 1);
  engine::Reading reading;
  try {
    reading = lm::restore_reading(bytes, kInfo);
  } catch (const std::invalid_argument&) {
    if (bytes == valid()) std::abort();
    return 0;
  }
  lm::check_reading(reading, kInfo);
  const std::string again = lm::save_reading(reading, kInfo);
  if (lm::restore_reading(again, kInfo).memory != reading.memory) std::abort();
  return 0;
}
