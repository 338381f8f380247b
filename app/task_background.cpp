#include "app/task_background.h"

namespace rmt::app {

std::unique_ptr<const corpora::Background> make_background(const std::vector<std::string>& paths,
                                                           const corpora::Tokenizer& tokenizer) {
  return paths.empty() ? generated_background(tokenizer) : corpus_background(paths, tokenizer);
}

}  // namespace rmt::app
