// Hands documents to several streams that read at the same time. A reader wants one document's text
// read before it opens the next, so each stream has a reader of its own over the same inputs and drops
// the documents the others took. Of several processes each has a queue of its own, with every how-many-th document.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "corpora/document.h"

namespace rmt::lm {

using OpenReader = std::function<std::unique_ptr<corpora::DocumentReader>()>;

struct NumberedDocument {
  int64_t number = 0;  ///< place in the order of the inputs, from 0
  corpora::Document document;
};

/// The documents whose number leaves `index` when divided by `count`.
struct DocumentShare {
  int64_t index = 0, count = 1;
};

class DocumentQueue {
 public:
  /// `open` must give the same documents each time; it is called once a stream.
  DocumentQueue(OpenReader open, size_t streams, DocumentShare share = {});

  /// The next document of the share nobody has taken, read by `stream`'s reader; nothing when all are taken.
  std::optional<NumberedDocument> take(size_t stream);

  /// How many documents the inputs have; known once take() gave nothing.
  int64_t documents() const { return documents_; }

 private:
  struct Stream {
    std::unique_ptr<corpora::DocumentReader> reader;
    int64_t next = 0;  // number of the document its reader gives next
  };

  OpenReader open_;
  std::vector<Stream> streams_;
  DocumentShare share_;
  int64_t untaken_, documents_ = 0;
  bool at_end_ = false;
};

}  // namespace rmt::lm
