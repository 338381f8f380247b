#include "web/server/text_codec.h"

#include <set>

#include "tests/support/doctest.h"
#include "tests/web/api/fake_generator.h"
#include "web/server/api/logprobs.h"

using namespace rmt;
using namespace rmt::tests;

TEST_CASE("every token has a name that no other has") {
  const auto tokenizer = byte_tokenizer();
  const web::TextCodec codec(*tokenizer, 300);  // a vocabulary padded beyond the tokenizer's
  std::set<std::string> names;
  for (int32_t id = 0; id < 300; ++id) CHECK(names.insert(codec.name(id)).second);
  CHECK(codec.name('a') == "a");
  CHECK(codec.name(0xE2) == "<0xE2>");
  CHECK(codec.name(256) == "<|endoftext|>");
  CHECK(codec.name(299) == "token_id:299");
  CHECK(codec.knows(299));
  CHECK(!codec.knows(300));
  CHECK(!codec.knows(-1));
}

TEST_CASE("ids without text add none") {
  const auto tokenizer = byte_tokenizer();
  const web::TextCodec codec(*tokenizer, 300);
  CHECK(codec.decode(std::vector<int32_t>{97, 299, 98}) == "ab");
  CHECK(codec.decode(std::vector<int32_t>{0xC3}) == "\xEF\xBF\xBD");
  CHECK(codec.encode("é", true) == std::vector<int32_t>{0xC3, 0xA9});
}

TEST_CASE("places are counted in characters") {
  web::CharacterPlace place;
  CHECK(place.pass("aé") == 0);
  CHECK(place.pass("\xE2") == 2);
  CHECK(place.pass("\x88") == 2);
  CHECK(place.pass("\x80x") == 2);
  CHECK(place.pass("y") == 4);
  CHECK(place.characters() == 5);
}
