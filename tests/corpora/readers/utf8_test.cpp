#include "corpora/readers/utf8.h"

#include "tests/corpora/readers/files.h"

using namespace rmt::corpora;
using namespace rmt::tests;

namespace {

// One sequence of each length, at the ends of the ranges that UTF-8 allows, and a byte order mark that
// is not first and so stays.
const std::string kMixed = "a\u00e9\u07ff\u0800\uffff\U00010000\U0010ffff\u4e2d\U0001f600 z\ufeff!";

// The first bytes are looked at together; what follows arrives as it comes.
const std::string kBefore(kSignatureBytes, 'x');

std::string read_trickled(const std::string& bytes, size_t step, const ReadOptions& options = {}) {
  Utf8Text text(std::make_unique<TrickledBytes>(bytes, step), "paper.txt", options);
  std::string all, chunk;
  while (text.next(chunk)) {
    CHECK_FALSE(chunk.empty());
    const Utf8Prefix prefix = utf8_prefix(chunk);
    CHECK(prefix.valid == chunk.size());  // no chunk ends inside a code point
    all += chunk;
  }
  return all;
}

std::string lossy(const std::string& bytes, size_t step) {
  Listener listener;
  listener.options.lossy = true;
  return read_trickled(bytes, step, listener.options);
}

}  // namespace

TEST_CASE("text is the same however its bytes arrive") {
  for (size_t step = 1; step <= kMixed.size(); ++step) {
    CAPTURE(step);
    CHECK(read_trickled(kMixed, step) == kMixed);
    CHECK(read_trickled(kBefore + kMixed, step) == kBefore + kMixed);
  }
}

TEST_CASE("a code point on the border of two chunks stays whole") {
  for (size_t before = kChunkBytes - 4; before <= kChunkBytes; ++before) {
    const std::string bytes = std::string(before, 'x') + "\U0001f600" + std::string(kChunkBytes, 'y');
    CHECK(read_trickled(bytes, kChunkBytes) == bytes);
  }
}

TEST_CASE("a byte order mark at the start is dropped, line ends are kept") {
  for (size_t step = 1; step <= 5; ++step) {
    CHECK(read_trickled("\ufeffone\r\ntwo\rthree\n", step) == "one\r\ntwo\rthree\n");
    CHECK(read_trickled("\ufeff\ufeffx", step) == "\ufeffx");
    CHECK(read_trickled("\ufeff", step) == "");
    CHECK(read_trickled("", step) == "");
  }
}

TEST_CASE("invalid UTF-8 is refused with the byte and its place") {
  struct Case {
    std::string bytes, place;
  };
  const std::vector<Case> cases = {
      {"caf\xe9!", "byte 3 (0xE9)"},            // Latin-1
      {"ab\x80", "byte 2 (0x80)"},              // continuation without a lead
      {"ab\xc0\xaf", "byte 2 (0xC0)"},          // overlong
      {"ab\xe0\x9f\xbf", "byte 2 (0xE0)"},      // overlong
      {"ab\xf0\x8f\xbf\xbf", "byte 2 (0xF0)"},  // overlong
      {"ab\xed\xa0\x80", "byte 2 (0xED)"},      // surrogate
      {"ab\xf4\x90\x80\x80", "byte 2 (0xF4)"},  // beyond U+10FFFF
      {"\u4e2d\xf0\x9f\x98", "byte 3 (0xF0)"},  // ends inside a sequence
      {"\ufeff\u4e2d\xff", "byte 6 (0xFF)"},    // offsets are the file's, the mark counted
  };
  for (const Case& invalid : cases) {
    for (size_t step = 1; step <= invalid.bytes.size(); ++step) {
      CAPTURE(invalid.place);
      const Error error = error_of([&] { read_trickled(invalid.bytes, step); });
      CHECK(error.code() == Errc::bad_text);
      CHECK(contains(error.what(), "paper.txt: " + invalid.place + " is not valid UTF-8"));
      CHECK(contains(error.what(), "--lossy"));
    }
  }
}

TEST_CASE("the place of a bad byte does not depend on how the bytes arrive") {
  for (const std::string bad : {"\xff", "\xe4\xb8!", "\xf0\x9f\x98", "\x80"}) {
    const std::string bytes = kBefore + "\u4e2d\U0001f600" + bad;
    for (size_t step = 1; step <= bytes.size(); ++step) {
      const Error error = error_of([&] { read_trickled(bytes, step); });
      CHECK(contains(error.what(), "paper.txt: " + byte_at(23, static_cast<unsigned char>(bad[0]))));
    }
  }
}

TEST_CASE("the place of a bad byte counts the chunks before it") {
  const std::string bytes = std::string(3 * kChunkBytes - 1, 'x') + "\u4e2d\xff";
  const Error error = error_of([&] { read_trickled(bytes, kChunkBytes); });
  CHECK(contains(error.what(), "byte " + std::to_string(3 * kChunkBytes + 2) + " (0xFF)"));
}

// Expected values: Python's bytes.decode("utf-8", "replace").
TEST_CASE("lossy reading replaces maximal subparts as Python does") {
  struct Case {
    std::string bytes, text;
  };
  const std::vector<Case> cases = {
      {"caf\xe9!", "caf\ufffd!"},
      {"a\x80\x80z", "a\ufffd\ufffdz"},
      {"\xc0\xaf", "\ufffd\ufffd"},
      {"\xe0\x9f\xbf", "\ufffd\ufffd\ufffd"},
      {"\xed\xa0\x80", "\ufffd\ufffd\ufffd"},
      {"\xf0\x9f\x98z", "\ufffdz"},
      {"\xf0\x9f\x98", "\ufffd"},
      {"\xf4\x90\x80\x80", "\ufffd\ufffd\ufffd\ufffd"},
      {"\xe4\xb8\xe4\xb8\xad", "\ufffd\u4e2d"},
      {"\xf1\x80\x80\xe1\x80\xc2z", "\ufffd\ufffd\ufffdz"},  // the standard's table 3-8 has such a row
      {"\xf8\x88\x80\x80\x80", "\ufffd\ufffd\ufffd\ufffd\ufffd"},
  };
  for (const auto& [bytes, text] : cases) {
    CHECK(repaired_utf8(bytes) == text);
    for (size_t step = 1; step <= bytes.size(); ++step) {
      CHECK(lossy(bytes, step) == text);
      CHECK(lossy(kBefore + bytes, step) == kBefore + text);
    }
  }
}

TEST_CASE("lossy reading gives one notice, with the first place") {
  Listener listener;
  listener.options.lossy = true;
  CHECK(read_trickled("ok \xff and, much later, \xfe", 1, listener.options) == "ok \ufffd and, much later, \ufffd");
  REQUIRE(listener.notices->size() == 1);
  CHECK(listener.notices->front() == "paper.txt: invalid UTF-8 is replaced by U+FFFD, first at byte 3 (0xFF)");
}

TEST_CASE("what is no text is refused by what it looks like, lossy or not") {
  using namespace std::string_literals;
  struct Case {
    std::string bytes, what;
  };
  const std::vector<Case> cases = {
      {"%PDF-1.7\nonly ASCII so far", "PDF"},
      {"\x89PNG\r\n\x1a\n", "PNG"},
      {"\x7f"
       "ELF\x02\x01\x01",
       "ELF"},
      {"PK\x03\x04 rest", "zip"},
      {"\xff\xfeh\0i\0"s, "iconv -f UTF-16"},
      {"\xff\xfe\0\0h\0\0\0"s, "iconv -f UTF-32"},
      {"SQLite format 3\0and more"s, "SQLite"},
  };
  for (const bool accept_loss : {false, true}) {
    Listener listener;
    listener.options.lossy = accept_loss;
    for (const Case& binary : cases) {
      const Error error = error_of([&] { read_trickled(binary.bytes, 1, listener.options); });
      CHECK(error.code() == Errc::bad_text);
      CHECK(contains(error.what(), "paper.txt"));
      CHECK(contains(error.what(), binary.what));
    }
    const Error nul = error_of([&] { read_trickled("text \0 more"s, 2, listener.options); });
    CHECK(contains(nul.what(), "paper.txt: byte 5 (0x00) is NUL"));
  }
}

TEST_CASE("text in memory comes in whole code points") {
  for (size_t before = 0; before < 4; ++before) {
    std::string text(before, 'x');
    while (text.size() < 3 * kChunkBytes) text += "\U0001f600";
    MemoryText source(text);
    std::string all, chunk;
    while (source.next(chunk)) {
      CHECK(chunk.size() <= kChunkBytes);
      CHECK(utf8_prefix(chunk).valid == chunk.size());
      all += chunk;
    }
    CHECK(all == text);
  }
}
