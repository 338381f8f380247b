// What the scheduler drives: a model that reads segments and generates tokens for many streams at once. All calls
// come from one thread. A row's numbers never depend on the rows beside it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lm/engine/generator.h"
#include "lm/engine/reading.h"

namespace rmt::engine {

/// The log-probability of one token given all before it, and of its likeliest rivals.
struct TokenScore {
  float logprob = 0;
  std::vector<TopToken> top;
};

/// One segment to read, whole or, at a text's end, in part.
struct SegmentWork {
  const Reading* from = nullptr;      ///< its tail must be empty
  std::span<const int32_t> ids;       ///< at most a segment
  bool reset_memory = false;          ///< read with the initial memory in place of the reading's
  bool write = true;                  ///< the memory after it is wanted: only of a whole segment
  std::optional<int64_t> score_from;  ///< tokens of `ids` from here on are scored
  int top = 0;
  bool look = false;                  ///< of a whole segment: `write_map` and `read_map` are wanted
  std::optional<int64_t> look_layer;  ///< none: the mean over all

  // Results. The first token of a text has no score: `scores` then begins with the second.
  std::vector<TokenScore> scores;
  std::vector<float> memory;       ///< [M * D], where written
  std::vector<float> last_hidden;  ///< [D], of the last token
  std::vector<float> write_map;    ///< [M * T], from the write rows to the text, heads averaged
  std::vector<float> read_map;     ///< [T * M], from the text to the read rows
};

/// A segment being generated into: the reading's memory, its tail, and what came since, ready to be gone on with.
class Lane {
 public:
  virtual ~Lane() = default;
  virtual std::unique_ptr<Lane> fork() const = 0;
  /// Tokens of the segment begun, the tail's and those decoded.
  virtual std::span<const int32_t> tokens() const = 0;
  /// [V] for the token after them; valid until the lane is next decoded. Empty for a text without any token.
  virtual std::span<const float> logits() const = 0;
};

struct DecodeWork {
  Lane* lane = nullptr;
  int32_t token = 0;  ///< is put at the lane's end; there must be room for it in the segment
};

class StreamModel {
 public:
  virtual ~StreamModel() = default;

  virtual const GeneratorInfo& info() const = 0;
  /// Nothing read.
  virtual Reading start() const = 0;

  virtual void read(std::span<SegmentWork* const> rows) = 0;

  /// A lane at the end of `reading`. Of the tail's tokens those from `scoring->score_from` on are scored on the way;
  /// its other fields are not used.
  virtual std::unique_ptr<Lane> open_lane(const Reading& reading, SegmentWork* scoring = nullptr) = 0;
  virtual void decode(std::span<const DecodeWork> rows) = 0;

  virtual std::string save(const Reading& reading) const = 0;
  /// Throws std::invalid_argument for bytes that are damaged or another model's.
  virtual Reading restore(const std::string& bytes) const = 0;
};

}  // namespace rmt::engine
