// Texts whose memory was looked at, kept for a while: a segment of one is looked at again without reading all that
// stands before it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "lm/engine/job.h"
#include "lm/engine/reading.h"

namespace rmt::web {

/// A text's tokens, and the readings at some of its borders. Once it is put with the others it is never changed.
class Look {
 public:
  /// The reading is asked for after so many segments.
  static constexpr int64_t kEvery = 8;

  /// `from` is what was read before the text; null: nothing. Of its readings about `most_bytes` are kept, however long
  /// it is: those of every 8th segment, of every 16th of a longer text, and so on.
  Look(std::vector<int32_t> ids, engine::ReadingPtr from, const engine::ReadingInfo& info, size_t most_bytes);

  const std::vector<int32_t>& ids() const { return ids_; }
  const engine::ReadingPtr& from() const { return from_; }
  /// Its whole segments, by their numbers: [first, end).
  int64_t first_segment() const { return from_ ? from_->segments : 0; }
  int64_t end_segment() const;

  /// At a border of the text; in order.
  void keep(engine::ReadingPtr reading);

  /// Jobs that together look at `segments`, each of which the text has, reading no more than from the kept reading
  /// before each.
  std::vector<engine::Job> jobs(std::vector<int64_t> segments) const;

 private:
  engine::ReadingPtr before(int64_t segment) const;
  int64_t tokens_up_to(const engine::ReadingPtr& reading) const;
  int64_t tokens_before() const { return from_ ? from_->tokens : 0; }
  int64_t tail_before() const { return from_ ? static_cast<int64_t>(from_->tail.size()) : 0; }

  const std::vector<int32_t> ids_;
  const engine::ReadingPtr from_;
  const int64_t segment_length_;
  const size_t most_;
  int64_t every_ = kEvery;
  std::vector<engine::ReadingPtr> readings_;  // in order
};

/// Looks by owner and id, those used last. Safe to use from any thread.
class Looks {
 public:
  explicit Looks(size_t per_owner) : per_owner_(per_owner) {}

  /// Returns its id. Drops what was not used for the longest time, where an owner has too many.
  std::string put(const std::string& owner, std::shared_ptr<const Look> look);
  /// Throws HttpError(404), for another owner's as for none.
  std::shared_ptr<const Look> find(const std::string& owner, const std::string& id);
  void remove(const std::string& owner, const std::string& id);

 private:
  using Kept = std::deque<std::pair<std::string, std::shared_ptr<const Look>>>;  // used last last
  Kept::iterator place(Kept& kept, const std::string& id);

  const size_t per_owner_;
  std::mutex mutex_;
  std::map<std::string, Kept> by_owner_;
};

}  // namespace rmt::web
