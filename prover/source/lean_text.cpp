#include "prover/source/lean_text.h"

#include <algorithm>

#include "corpora/readers/utf8.h"
#include "prover/source/lean_file.h"

namespace rmt::prover {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// Where a byte is, for people.
SourceError not_utf8(std::string_view bytes, size_t place) {
  const std::string_view before = bytes.substr(0, place);
  const size_t line_begin = before.rfind('\n') + 1;  // npos + 1 is 0
  const auto line = static_cast<int>(std::ranges::count(before, '\n')) + 1;
  const auto column = static_cast<int>(std::ranges::count_if(
      before.substr(line_begin), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
  return {"the file is not UTF-8: " +
              corpora::byte_at(static_cast<int64_t>(place), static_cast<unsigned char>(bytes[place])) + " in line " +
              std::to_string(line) + "; save it as UTF-8",
          line, column + 1};
}

}  // namespace

std::string lean_text(std::string_view bytes) {
  if (const size_t valid = corpora::utf8_prefix(bytes).valid; valid != bytes.size()) throw not_utf8(bytes, valid);
  if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
  std::string text(bytes);
  if (text.find('\r') == std::string::npos) return text;
  size_t kept = 0;
  for (size_t i = 0; i < text.size(); ++i)
    if (text[i] != '\r' || i + 1 == text.size() || text[i + 1] != '\n') text[kept++] = text[i];
  text.resize(kept);
  return text;
}

}  // namespace rmt::prover
