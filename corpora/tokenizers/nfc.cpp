#include "corpora/tokenizers/nfc.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "corpora/tokenizers/code_point.h"

namespace rmt::corpora {

namespace {

bool is_ascii(char c) {
  return static_cast<unsigned char>(c) < 0x80;
}

struct Free {
  void operator()(utf8proc_uint8_t* memory) const { std::free(memory); }
};

// Form C of one stretch; the stretch itself where it is no valid UTF-8.
std::string composed(std::string_view stretch) {
  utf8proc_uint8_t* result = nullptr;
  const utf8proc_ssize_t size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(stretch.data()),
                                             static_cast<utf8proc_ssize_t>(stretch.size()), &result,
                                             static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  const std::unique_ptr<utf8proc_uint8_t, Free> owner(result);
  if (size < 0) return std::string(stretch);
  return std::string(reinterpret_cast<const char*>(result), static_cast<size_t>(size));
}

// The end of the grapheme cluster at `at`. Clusters are normalized each for itself: form C never joins
// across their borders.
size_t cluster_end(std::string_view text, size_t at) {
  CodePoint c = code_point_at(text, at);
  utf8proc_int32_t state = 0;
  for (at += c.bytes; at < text.size(); at += c.bytes) {
    const CodePoint next = code_point_at(text, at);
    if (c.value == kNoCodePoint || next.value == kNoCodePoint) break;
    if (utf8proc_grapheme_break_stateful(static_cast<utf8proc_int32_t>(c.value),
                                         static_cast<utf8proc_int32_t>(next.value), &state))
      break;
    c = next;
  }
  return at;
}

// The next stretch that may change: characters outside of ASCII, with the ASCII one they may join.
// ASCII characters never join one before them.
std::pair<size_t, size_t> next_stretch(std::string_view text, size_t from) {
  const auto first = std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(from), text.end(), is_ascii);
  const auto end = std::find_if(first, text.end(), is_ascii);
  const auto start = static_cast<size_t>(first - text.begin());
  return {start > from && first != text.end() ? start - 1 : start, static_cast<size_t>(end - text.begin())};
}

void append_clusters(std::string_view text, size_t from, size_t to, NormalizedText& out) {
  while (from < to) {
    const size_t end = std::min(cluster_end(text, from), to);
    const std::string_view before = text.substr(from, end - from);
    const std::string after = composed(before);
    if (after != before) out.changes.push_back({from, before.size(), out.text.size(), after.size()});
    out.text += after;
    from = end;
  }
}

}  // namespace

size_t NormalizedText::original(size_t place) const {
  const auto after = std::upper_bound(changes.begin(), changes.end(), place,
                                      [](size_t at, const Change& change) { return at < change.to; });
  if (after == changes.begin()) return place;
  const Change& change = *(after - 1);
  const size_t inside = place - change.to;
  if (inside < change.to_length) return change.from + change.from_length * inside / change.to_length;
  return change.from + change.from_length + (inside - change.to_length);
}

std::optional<NormalizedText> to_nfc(std::string_view text) {
  NormalizedText out;
  size_t done = 0;  // text[0, done) is in `out`, once something has changed
  for (size_t at = 0; at < text.size();) {
    const auto [start, end] = next_stretch(text, at);
    const std::string_view stretch = text.substr(start, end - start);
    if (!stretch.empty() && composed(stretch) != stretch) {
      out.text += text.substr(done, start - done);
      append_clusters(text, start, end, out);
      done = end;
    }
    at = end;
  }
  if (out.changes.empty()) return std::nullopt;
  out.text += text.substr(done);
  return out;
}

bool nfc_parts_at(std::string_view text, size_t at) {
  return is_ascii(text[at]);
}

}  // namespace rmt::corpora
