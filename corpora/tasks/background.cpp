#include "corpora/tasks/background.h"

#include "corpora/error.h"

namespace rmt::corpora {

void Background::require(int64_t tokens) const {
  if (tokens <= capacity()) return;
  throw Error(Errc::mismatch, "the background has " + std::to_string(capacity()) + " tokens and a sample needs " +
                                  std::to_string(tokens) +
                                  ", none of them twice: give more documents, ask for fewer or shorter segments, or "
                                  "use the generated background, which is endless");
}

}  // namespace rmt::corpora
