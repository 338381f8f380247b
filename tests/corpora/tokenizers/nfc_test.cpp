#include "corpora/tokenizers/nfc.h"

#include <utf8proc.h>

#include <cstdlib>

#include "tests/corpora/tokenizers/fixtures.h"
#include "tests/support/doctest.h"

using rmt::corpora::NormalizedText;
using rmt::corpora::to_nfc;

namespace {

std::string whole_nfc(const std::string& text) {
  utf8proc_uint8_t* result = nullptr;
  const auto size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), static_cast<utf8proc_ssize_t>(text.size()),
                   &result, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  REQUIRE(size >= 0);
  const std::string copy(reinterpret_cast<char*>(result), static_cast<size_t>(size));
  std::free(result);
  return copy;
}

}  // namespace

TEST_CASE("form C cluster by cluster is form C of the whole") {
  size_t changed = 0;
  for (const auto& [title, text] : rmt::tests::fixture_texts()) {
    CAPTURE(title);
    const auto normalized = to_nfc(text);
    CHECK((normalized ? normalized->text : text) == whole_nfc(text));
    if (!normalized) continue;
    ++changed;
    size_t last = 0;
    for (size_t place = 0; place <= normalized->text.size(); ++place) {
      const size_t original = normalized->original(place);
      CHECK(original >= last);
      last = original;
    }
    CHECK(last == text.size());
  }
  CHECK(changed >= 3);
}

TEST_CASE("places in a normalized text lead back to the original") {
  const auto normalized = to_nfc("ab e\u0301 cd");  // é: two bytes for three
  REQUIRE(normalized);
  CHECK(normalized->text == "ab \u00e9 cd");
  CHECK(normalized->original(3) == 3);
  CHECK(normalized->original(4) == 4);
  CHECK(normalized->original(5) == 6);
  CHECK(normalized->original(8) == 9);
}

TEST_CASE("what is in form C, or is no text, is left alone") {
  CHECK(!to_nfc(""));
  CHECK(!to_nfc("plain"));
  CHECK(!to_nfc("\u00e9\u4e2d"));
  CHECK(!to_nfc("\xff\xfe\x80"));
}
