#include "lm/eval/document_queue.h"

#include <utility>

namespace rmt::lm {

DocumentQueue::DocumentQueue(OpenReader open, size_t streams, DocumentShare share)
    : open_(std::move(open)), streams_(streams), share_(share), untaken_(share.index) {}

std::optional<NumberedDocument> DocumentQueue::take(size_t stream) {
  Stream& mine = streams_.at(stream);
  while (!at_end_) {
    if (!mine.reader) mine.reader = open_();
    auto document = mine.reader->next();
    if (!document) {
      at_end_ = true;
      documents_ = mine.next;
    } else if (mine.next++ == untaken_) {
      return NumberedDocument{std::exchange(untaken_, untaken_ + share_.count), std::move(*document)};
    }
  }
  mine.reader.reset();
  return std::nullopt;
}

}  // namespace rmt::lm
