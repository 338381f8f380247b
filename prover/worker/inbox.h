// What the program asks of a worker.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <stdexcept>
#include <string>

#include "prover/worker/frame.h"
#include "prover/worker/wire.h"

namespace rmt::prover {

/// What came is no request: nothing behind it can be understood.
class InboxError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Inbox {
 public:
  explicit Inbox(int descriptor) : descriptor_(descriptor) {}

  /// What comes first; nothing where the program ended instead. Throws InboxError.
  std::optional<Settings> settings();

  /// Waits for the next; nothing when the program wants no more. Throws InboxError.
  std::optional<Request> wait();

  /// Whether request `id` is to be given up, as far as has been said by now. The end of the program is a reason too.
  /// Throws InboxError.
  bool is_cancelled(uint64_t id);

  /// To wait for more with poll().
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
  FrameBuffer buffer_;
  std::deque<Request> requests_;
  uint64_t cancelled_ = 0;  // the last
  bool ended_ = false;

  void sort(const std::string& frame);
  bool has_more() const;
};

}  // namespace rmt::prover
