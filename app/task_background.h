// What lies between the facts of a memory task.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "corpora/tasks/background.h"
#include "corpora/tokenizer.h"

namespace rmt::app {

/// Text of the documents in `paths`; generated text where there are none.
std::unique_ptr<const corpora::Background> make_background(const std::vector<std::string>& paths,
                                                           const corpora::Tokenizer& tokenizer);

}  // namespace rmt::app
