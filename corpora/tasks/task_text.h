// Text to train a small vocabulary on, for models that are to learn memory tasks from nothing.
#pragma once

#include <cstdint>
#include <memory>

#include "corpora/document.h"

namespace rmt::corpora {

/// One document of about `bytes` bytes, in lines: some sentences of the generated background, then a fact
/// and a question of one of the tasks, every task as often. Made for train_sentencepiece(); with 2,000
/// pieces and 1 MB each word of facts and questions is one piece.
std::unique_ptr<DocumentReader> task_text(uint64_t seed, int64_t bytes);

}  // namespace rmt::corpora
