// The blob: a magic word, the number of segments, then three fields (digest, main, reset), each a
// length and that many bytes; integers are 64 bit, little endian. An absent state is an empty field.
#include "lm/eval/reading_state.h"

#include <string_view>

#include "lm/store/sha256.h"
#include "model/error.h"

namespace rmt::lm {

namespace {

constexpr std::string_view kMagic = "rmt-lm reading state 1\n";

void put_number(std::string& out, uint64_t value) {
  for (int shift = 0; shift < 64; shift += 8) out += static_cast<char>(value >> shift & 0xff);
}

void put_field(std::string& out, std::string_view field) {
  put_number(out, field.size());
  out += field;
}

class FieldReader {
 public:
  explicit FieldReader(std::string_view rest) : rest_(rest) {}

  std::string_view take(uint64_t size) {
    if (size > rest_.size())
      throw model::Error(model::Errc::truncated, "a reading state ends " + std::to_string(size - rest_.size()) +
                                                     " bytes early; start the run again without --resume");
    const std::string_view field = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return field;
  }
  uint64_t number() {
    const std::string_view bytes = take(8);
    uint64_t value = 0;
    for (size_t i = 8; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
  }
  std::string_view field() { return take(number()); }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

[[noreturn]] void malformed(const std::string& what) {
  throw model::Error(model::Errc::malformed, "a reading state " + what + "; start the run again without --resume");
}

std::optional<ScoreState> optional_state(std::string_view field, const std::string& fingerprint) {
  if (field.empty()) return std::nullopt;
  return load_score_state(std::string(field), fingerprint);
}

}  // namespace

void note_read(ReadingState& state, const corpora::Segment& segment) {
  state.segments += 1;
  store::Sha256 hash;
  hash.update(state.digest);
  hash.update({reinterpret_cast<const char*>(segment.ids.data()), segment.ids.size() * sizeof(segment.ids[0])});
  state.digest = hash.finish();
}

std::string save_reading_state(const ReadingState& state, const std::string& fingerprint) {
  std::string out(kMagic);
  put_number(out, static_cast<uint64_t>(state.segments));
  put_field(out, state.digest);
  put_field(out, state.main ? save_score_state(*state.main, fingerprint) : "");
  put_field(out, state.reset ? save_score_state(*state.reset, fingerprint) : "");
  return out;
}

ReadingState load_reading_state(const std::string& bytes, const std::string& fingerprint) {
  FieldReader reader(bytes);
  if (!bytes.starts_with(kMagic)) malformed("does not begin like one");
  reader.take(kMagic.size());
  ReadingState state;
  state.segments = static_cast<int64_t>(reader.number());
  state.digest = reader.field();
  state.main = optional_state(reader.field(), fingerprint);
  state.reset = optional_state(reader.field(), fingerprint);
  if (!reader.at_end()) malformed("has bytes after its end");
  if (state.segments < 0 || state.digest.size() != (state.segments > 0 ? 32u : 0u)) malformed("contradicts itself");
  return state;
}

}  // namespace rmt::lm
