#include "corpora/readers/utf8.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>

#include "corpora/error.h"

namespace rmt::corpora {

namespace {

// How many bytes a lead byte asks for, and the range of the second one (table 3-7 of the standard).
struct Lead {
  uint8_t length = 0;  // 0: no sequence starts here
  uint8_t low = 0x80, high = 0xbf;
};

constexpr Lead lead(unsigned char byte) {
  if (byte < 0x80) return {1};
  if (byte < 0xc2) return {};
  if (byte < 0xe0) return {2};
  if (byte == 0xe0) return {3, 0xa0, 0xbf};
  if (byte == 0xed) return {3, 0x80, 0x9f};
  if (byte < 0xf0) return {3};
  if (byte == 0xf0) return {4, 0x90, 0xbf};
  if (byte < 0xf4) return {4};
  if (byte == 0xf4) return {4, 0x80, 0x8f};
  return {};
}

size_t ascii_run(std::string_view bytes, size_t at) {
  const size_t from = at;
  for (uint64_t word; at + sizeof word <= bytes.size(); at += sizeof word) {
    std::memcpy(&word, bytes.data() + at, sizeof word);
    if (word & 0x8080808080808080u) break;
  }
  while (at < bytes.size() && static_cast<unsigned char>(bytes[at]) < 0x80) ++at;
  return at - from;
}

struct Signature {
  std::string_view magic;
  std::string_view kind;
};

using namespace std::string_view_literals;
constexpr std::array kSignatures = {
    Signature{"%PDF-", "a PDF document"},
    Signature{"%!PS-Adobe", "a PostScript document"},
    Signature{"\x89PNG\r\n", "a PNG image"},
    Signature{"\xff\xd8\xff", "a JPEG image"},
    Signature{"GIF8", "a GIF image"},
    Signature{"\x7f"
              "ELF",
              "an ELF program"},
    Signature{"PK\x03\x04", "a zip archive (or an office document)"},
    Signature{"\x1f\x8b", "gzip data"},
    Signature{"\x28\xb5\x2f\xfd", "zstd data"},
    Signature{"BZh", "bzip2 data"},
    Signature{"\xfd"
              "7zXZ",
              "xz data"},
    Signature{"7z\xbc\xaf", "a 7-Zip archive"},
    Signature{"SQLite format 3\0"sv, "an SQLite database"},
    Signature{"GGUF", "a GGUF model"},
    Signature{"\xff\xfe\0\0"sv, "UTF-32 text"},
    Signature{"\0\0\xfe\xff"sv, "UTF-32 text"},
    Signature{"\xff\xfe", "UTF-16 text"},
    Signature{"\xfe\xff", "UTF-16 text"},
};

// The largest cut of `text` at or below `at` that splits no code point.
size_t code_point_cut(std::string_view text, size_t at) {
  while (at > 0 && at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) --at;
  return at;
}

// The length of the sequence that `bytes` end inside of, 0 where they end between two.
size_t unfinished_tail(std::string_view bytes) {
  for (size_t back = 1; back <= std::min<size_t>(3, bytes.size()); ++back) {
    const auto byte = static_cast<unsigned char>(bytes[bytes.size() - back]);
    if ((byte & 0xc0) == 0x80) continue;
    const Utf8Prefix tail = utf8_prefix(bytes.substr(bytes.size() - back));
    return tail.valid == 0 && tail.bad == 0 ? back : 0;
  }
  return 0;
}

}  // namespace

Utf8Prefix utf8_prefix(std::string_view bytes) {
  size_t at = 0;
  while ((at += ascii_run(bytes, at)) < bytes.size()) {
    const Lead expected = lead(static_cast<unsigned char>(bytes[at]));
    if (expected.length == 0) return {at, 1};
    size_t have = 1;
    for (; have < expected.length && at + have < bytes.size(); ++have) {
      const auto byte = static_cast<unsigned char>(bytes[at + have]);
      const bool second = have == 1;
      if (byte < (second ? expected.low : 0x80) || byte > (second ? expected.high : 0xbf)) return {at, have};
    }
    if (have < expected.length) return {at, 0};
    at += have;
  }
  return {bytes.size(), 0};
}

std::string repaired_utf8(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const Utf8Prefix prefix = utf8_prefix(bytes);
    text.append(bytes.substr(0, prefix.valid));
    bytes.remove_prefix(prefix.valid);
    if (bytes.empty()) break;
    text.append(kReplacement);
    bytes.remove_prefix(prefix.bad == 0 ? bytes.size() : prefix.bad);
  }
  return text;
}

std::string_view binary_kind(std::string_view head) {
  for (const Signature& signature : kSignatures) {
    if (head.starts_with(signature.magic)) return signature.kind;
  }
  return {};
}

std::string byte_at(int64_t offset, unsigned char value) {
  char hex[8];
  std::snprintf(hex, sizeof hex, "0x%02X", static_cast<unsigned>(value));
  return "byte " + std::to_string(offset) + " (" + hex + ")";
}

Utf8Text::Utf8Text(std::unique_ptr<ByteSource> bytes, std::string name, ReadOptions options)
    : bytes_(std::move(bytes)), name_(std::move(name)), options_(std::move(options)) {}

bool Utf8Text::next(std::string& chunk) {
  if (!started_) refuse_binary();
  while (!at_end_) {
    const size_t carried = carry_.size();
    chunk.assign(carry_);
    chunk.resize(carried + kChunkBytes);
    const size_t got = bytes_.read({chunk.data() + carried, kChunkBytes});
    chunk.resize(carried + got);
    at_end_ = got == 0;
    carry_.clear();

    const size_t bytes = chunk.size();
    settle(chunk);
    const bool first = offset_ == 0 && bytes > carry_.size();
    offset_ += static_cast<int64_t>(bytes - carry_.size());
    if (first && chunk.starts_with("\xEF\xBB\xBF")) chunk.erase(0, 3);
    if (!chunk.empty()) return true;
  }
  chunk.clear();
  return false;
}

void Utf8Text::refuse_binary() {
  started_ = true;
  const std::string_view kind = binary_kind(bytes_.peek(kSignatureBytes));
  if (kind.empty()) return;
  const bool wide = kind.starts_with("UTF-");
  throw Error(Errc::bad_text,
              name_ + ": not a UTF-8 text file: it looks like " + std::string(kind) +
                  (wide ? "; convert it, e.g. `iconv -f " + std::string(kind.substr(0, 6)) + " -t UTF-8`"
                        : "; give its text or source instead"));
}

// Leaves valid text in `chunk`; the start of a sequence at its end goes to carry_.
void Utf8Text::settle(std::string& chunk) {
  if (const size_t nul = chunk.find('\0'); nul != std::string::npos) {
    throw Error(Errc::bad_text, name_ + ": " + byte_at(offset_ + static_cast<int64_t>(nul), 0) +
                                    " is NUL: a binary file, or text that is not UTF-8; convert it or leave it out");
  }
  const size_t whole = chunk.size() - (at_end_ ? 0 : unfinished_tail(chunk));
  carry_.assign(chunk, whole);
  chunk.resize(whole);
  const Utf8Prefix prefix = utf8_prefix(chunk);
  if (prefix.valid == chunk.size()) return;
  const std::string place =
      byte_at(offset_ + static_cast<int64_t>(prefix.valid), static_cast<unsigned char>(chunk[prefix.valid]));
  if (!options_.lossy) {
    throw Error(Errc::bad_text, name_ + ": " + place +
                                    " is not valid UTF-8; convert the file (e.g. `iconv -f LATIN1 -t UTF-8`) or read "
                                    "it with --lossy, which puts U+FFFD in its place");
  }
  if (!noticed_) options_.on_notice({name_, "invalid UTF-8 is replaced by U+FFFD, first at " + place});
  noticed_ = true;
  chunk = repaired_utf8(chunk);
}

bool MemoryText::next(std::string& chunk) {
  if (from_ == text_.size()) return false;
  const size_t to = code_point_cut(text_, std::min(text_.size(), from_ + kChunkBytes));
  chunk.assign(text_, from_, to - from_);
  from_ = to;
  return true;
}

}  // namespace rmt::corpora
