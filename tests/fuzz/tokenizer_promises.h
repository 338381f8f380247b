// What every tokenizer promises of every text, for the fuzz targets.
#pragma once

#include <cstdlib>
#include <string_view>

#include "corpora/tokenizer.h"

namespace rmt::corpora {

/// Aborts where the tokens do not cover the text, a safe cut changes them, or they cannot be decoded.
inline void check_promises(const Tokenizer& tokenizer, std::string_view text) {
  Tokens whole;
  tokenizer.encode(text, whole);
  size_t covered = 0;
  for (const uint32_t bytes : whole.bytes) covered += bytes;
  if (whole.ids.size() != whole.bytes.size() || (whole.size() > 0 && covered != text.size())) std::abort();
  (void)tokenizer.decode(whole.ids);

  for (const size_t end : {text.size(), text.size() * 2 / 3, text.size() / 3}) {
    const size_t cut = tokenizer.safe_prefix(text.substr(0, end));
    if (cut == 0) continue;
    if (cut > end) std::abort();
    Tokens parts;
    tokenizer.encode(text.substr(0, cut), parts);
    tokenizer.encode(text.substr(cut), parts);
    if (parts.ids != whole.ids || parts.bytes != whole.bytes) std::abort();
  }
}

}  // namespace rmt::corpora
