// A token as people read it in a picture or a table, the same way for every kind of tokenizer.
#pragma once

#include <cstdint>
#include <string>

#include "corpora/tokenizer.h"

namespace rmt::lm {

/// Valid UTF-8, never empty: "▁" is a space, "⏎" a line's end, "⇥" a tab, "<0xE2>" a byte that is no
/// character by itself.
std::string token_label(const corpora::Tokenizer& tokenizer, int32_t id);

}  // namespace rmt::lm
