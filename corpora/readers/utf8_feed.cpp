#include "corpora/readers/utf8_feed.h"

#include <utility>

#include "corpora/error.h"
#include "corpora/readers/utf8.h"

namespace rmt::corpora {

std::string Utf8Feed::push(std::string_view bytes) {
  refuse_binary(bytes);
  std::string text = std::exchange(carry_, {});
  text += bytes;
  const Utf8Prefix prefix = utf8_prefix(text);
  const size_t nul = std::string_view(text).substr(0, prefix.valid).find('\0');
  if (nul != std::string_view::npos) refuse(text, nul);
  if (prefix.bad != 0) refuse(text, prefix.valid);
  carry_ = text.substr(prefix.valid);
  text.resize(prefix.valid);
  const bool first = offset_ == 0;
  offset_ += static_cast<int64_t>(text.size());
  if (first && text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  return text;
}

void Utf8Feed::finish() const {
  if (!carry_.empty()) refuse(carry_, 0);
}

// The first bytes tell a file of another kind, once they are there.
void Utf8Feed::refuse_binary(std::string_view bytes) {
  if (head_.size() >= kSignatureBytes) return;
  head_ += bytes.substr(0, kSignatureBytes - head_.size());
  const std::string_view kind = binary_kind(head_);
  if (kind.empty()) return;
  throw Error(Errc::bad_text,
              name_ + ": not a UTF-8 text: it looks like " + std::string(kind) + "; give its text or source instead");
}

void Utf8Feed::refuse(std::string_view bytes, size_t at) const {
  const bool nul = bytes[at] == '\0';
  throw Error(
      Errc::bad_text,
      name_ + ": " + byte_at(offset_ + static_cast<int64_t>(at), static_cast<unsigned char>(bytes[at])) +
          (nul ? " is NUL: a binary file, or text that is not UTF-8" : " is not valid UTF-8; convert the text first"));
}

}  // namespace rmt::corpora
