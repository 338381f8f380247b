#include "lm/eval/document_queue.h"

namespace rmt::lm {

DocumentQueue::DocumentQueue(OpenReader open, size_t streams) : open_(std::move(open)), streams_(streams) {}

std::optional<NumberedDocument> DocumentQueue::take(size_t stream) {
  Stream& mine = streams_.at(stream);
  while (!at_end_) {
    if (!mine.reader) mine.reader = open_();
    auto document = mine.reader->next();
    if (!document) {
      at_end_ = true;
    } else if (mine.next++ == untaken_) {
      return NumberedDocument{untaken_++, std::move(*document)};
    }
  }
  mine.reader.reset();
  return std::nullopt;
}

}  // namespace rmt::lm
