#include "web/server/text_codec.h"

#include <set>

#include "tests/support/doctest.h"
#include "tests/web/api/fake_generator.h"
#include "web/server/api/logprobs.h"

using namespace rmt;
using namespace rmt::tests;

namespace {

/// A vocabulary in which two tokens stand for the same text, and one spells a byte.
class Doubles final : public corpora::Tokenizer {
 public:
  size_t vocab_size() const override { return texts_.size(); }
  const corpora::SpecialTokens& specials() const override { return specials_; }
  void encode(std::string_view, corpora::Tokens&) const override {}
  size_t safe_prefix(std::string_view) const override { return 0; }
  std::string decode(std::span<const int32_t> ids) const override {
    std::string text;
    for (const int32_t id : ids) text += texts_[static_cast<size_t>(id)];
    return text;
  }
  std::string piece(int32_t id) const override { return texts_[static_cast<size_t>(id)]; }
  const std::string& fingerprint() const override { return fingerprint_; }

 private:
  std::vector<std::string> texts_ = {"a", "b", "a", "\xE2", "<0xE2>", ""};
  corpora::SpecialTokens specials_;
  std::string fingerprint_ = "doubles";
};

}  // namespace

TEST_CASE("tokens of the same text are told apart by their ids") {
  const Doubles tokenizer;
  const web::TextCodec codec(tokenizer, 6);
  CHECK(codec.name(0) == "a");
  CHECK(codec.name(2) == "token_id:2");
  CHECK(codec.bytes(2) == "a");
  CHECK(codec.name(3) == "<0xE2>");
  CHECK(codec.name(4) == "token_id:4");
  CHECK(codec.name(5) == "token_id:5");
}

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
