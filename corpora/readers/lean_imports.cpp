#include "corpora/readers/lean_imports.h"

#include <algorithm>

namespace rmt::corpora {

namespace {

constexpr std::string_view kQuoteOpen = "«", kQuoteClose = "»";

// Reads the header of a Lean file, word by word.
class HeaderReader {
 public:
  explicit HeaderReader(std::string_view source) : rest_(source) {}

  /// The next word, or nothing when what comes next is none.
  std::string_view word() {
    skip_blanks();
    return take(word_length());
  }

  /// `A.B.«C d»` as "A/B/C d"; empty when no name stands here.
  std::string module_path() {
    std::string path;
    skip_blanks();
    for (;;) {
      const std::string_view part = rest_.starts_with(kQuoteOpen) ? quoted() : take(word_length());
      if (part.empty()) return {};
      path += part;
      if (!rest_.starts_with('.')) return path;
      path += '/';
      rest_.remove_prefix(1);
    }
  }

  /// True when `keyword` comes next, which is then taken.
  bool accept(std::string_view keyword) {
    HeaderReader ahead = *this;
    if (ahead.word() != keyword) return false;
    *this = ahead;
    return true;
  }

 private:
  static bool is_word_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '\'' ||
           c == '!' || c == '?' || static_cast<unsigned char>(c) >= 0x80;
  }
  size_t word_length() const {
    size_t end = 0;
    while (end < rest_.size() && is_word_byte(rest_[end])) ++end;
    return end;
  }
  std::string_view take(size_t length) {
    const std::string_view taken = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return taken;
  }
  std::string_view quoted() {
    const size_t end = rest_.find(kQuoteClose);
    if (end == std::string_view::npos) return {};
    const std::string_view inside = take(end).substr(kQuoteOpen.size());
    rest_.remove_prefix(kQuoteClose.size());
    return inside;
  }

  void skip_blanks() {
    for (;;) {
      rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
      if (rest_.starts_with("--")) {
        rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
      } else if (rest_.starts_with("/-")) {
        skip_block_comment();
      } else {
        return;
      }
    }
  }
  void skip_block_comment() {
    for (int64_t depth = 0; !rest_.empty();) {
      const bool opens = rest_.starts_with("/-"), closes = rest_.starts_with("-/");
      depth += opens - closes;
      rest_.remove_prefix(opens || closes ? 2 : 1);
      if (depth == 0) return;
    }
  }

  std::string_view rest_;
};

}  // namespace

std::vector<std::string> lean_imports(std::string_view source) {
  std::vector<std::string> imports;
  if (source.starts_with("\xEF\xBB\xBF")) source.remove_prefix(3);
  HeaderReader header(source);
  header.accept("module");
  header.accept("prelude");
  for (;;) {
    header.accept("public");
    header.accept("meta");
    if (!header.accept("import")) return imports;
    header.accept("all");
    const std::string path = header.module_path();
    if (path.empty()) return imports;
    imports.push_back(path + ".lean");
  }
}

}  // namespace rmt::corpora
