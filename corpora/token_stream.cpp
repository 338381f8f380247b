#include "corpora/token_stream.h"

#include <algorithm>

namespace rmt::corpora {

namespace {

// Python's str.isspace() for the code points re's \s matches.
bool is_space(char32_t c) {
  if (c < 0x80) return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f);
  return c == 0x85 || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 ||
         c == 0x202f || c == 0x205f || c == 0x3000;
}

// The code point at `at`, which starts a valid sequence, and the length of that sequence.
char32_t code_point(std::string_view text, size_t at, size_t& length) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(i < text.size() ? text[i] : 0); };
  const unsigned char lead = byte(at);
  if (lead < 0x80) return length = 1, lead;
  if (lead < 0xe0) return length = 2, char32_t((lead & 0x1f) << 6 | (byte(at + 1) & 0x3f));
  if (lead < 0xf0)
    return length = 3, char32_t((lead & 0x0f) << 12 | (byte(at + 1) & 0x3f) << 6 | (byte(at + 2) & 0x3f));
  return length = 4, char32_t((lead & 0x07) << 18 | (byte(at + 1) & 0x3f) << 12 | (byte(at + 2) & 0x3f) << 6 |
                              (byte(at + 3) & 0x3f));
}

}  // namespace

void TextCounter::add(std::string_view text, size_t from, size_t to) {
  counts_.bytes += static_cast<int64_t>(to - from);
  while (from < to && (static_cast<unsigned char>(text[from]) & 0xc0) == 0x80) ++from;  // begun before the range
  for (size_t length = 1; from < to; from += length) {
    const bool space = is_space(code_point(text, from, length));
    counts_.chars += 1;
    counts_.words += space && !in_space_;
    in_space_ = space;
  }
}

TokenStream::TokenStream(TextSource& text, const Tokenizer& tokenizer) : text_(text), feed_(tokenizer) {}

bool TokenStream::refill() {
  ready_.clear();
  ready_from_ = 0;
  while (ready_.size() == 0) {
    if (at_end_) return false;
    if (text_.next(chunk_)) {
      counter_.add(chunk_, 0, chunk_.size());
      feed_.push(chunk_, ready_);
    } else {
      at_end_ = true;
      feed_.finish(ready_);
    }
  }
  return true;
}

bool TokenStream::read(size_t limit, Tokens& out) {
  if (limit == 0 || (ready_from_ == ready_.size() && !refill())) return false;
  const size_t take = std::min(limit, ready_.size() - ready_from_);
  const auto from = static_cast<std::ptrdiff_t>(ready_from_), to = static_cast<std::ptrdiff_t>(ready_from_ + take);
  out.ids.insert(out.ids.end(), ready_.ids.begin() + from, ready_.ids.begin() + to);
  out.bytes.insert(out.bytes.end(), ready_.bytes.begin() + from, ready_.bytes.begin() + to);
  ready_from_ += take;
  return true;
}

}  // namespace rmt::corpora
