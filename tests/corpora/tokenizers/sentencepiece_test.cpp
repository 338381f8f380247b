#include "corpora/tokenizers/sentencepiece.h"

#include <thread>

#include "corpora/error.h"
#include "corpora/readers/utf8.h"
#include "corpora/tokenizers/sentencepiece_rules.h"
#include "corpora/tokenizers/sentencepiece_trainer.h"
#include "tests/corpora/tokenizers/fixtures.h"
#include "tests/support/doctest.h"

using namespace rmt::tests;
using rmt::corpora::Document;
using rmt::corpora::Errc;
using rmt::corpora::Error;
using rmt::corpora::SentencePiece;
using rmt::corpora::SentencePieceTraining;

namespace {

class Documents final : public rmt::corpora::DocumentReader {
 public:
  explicit Documents(std::vector<std::string> texts, size_t fail_at = SIZE_MAX)
      : texts_(std::move(texts)), fail_at_(fail_at) {}
  std::optional<Document> next() override {
    if (at_ == fail_at_) throw Error(Errc::bad_text, "a document is broken");
    if (at_ == texts_.size()) return std::nullopt;
    const std::string id = std::to_string(at_);
    return Document{id, id, "test", std::make_unique<rmt::corpora::MemoryText>(texts_[at_++])};
  }

 private:
  std::vector<std::string> texts_;
  size_t fail_at_, at_ = 0;
};

std::vector<std::string> samples() {
  return {fixture_texts().at("sample.tex"), fixture_texts().at("sample.lean")};
}

std::string trained(const SentencePieceTraining& options, std::vector<std::string> texts = samples()) {
  Documents documents(std::move(texts));
  return rmt::corpora::train_sentencepiece(documents, options);
}

SentencePieceTraining small(SentencePieceTraining::Model model = SentencePieceTraining::Model::bpe) {
  SentencePieceTraining options;
  options.model = model;
  options.vocab_size = 440;
  return options;
}

const SentencePiece& as_sentencepiece(const Tokenizer& tokenizer) {
  return dynamic_cast<const SentencePiece&>(tokenizer);
}

}  // namespace

TEST_CASE("a model trained here loses nothing of LaTeX, Lean or anything else but U+2581") {
  for (const auto model : {SentencePieceTraining::Model::bpe, SentencePieceTraining::Model::unigram}) {
    const std::string content = trained(small(model));
    const SentencePiece tokenizer(content, {}, "trained.model");
    CHECK(tokenizer.vocab_size() == 440);
    CHECK(tokenizer.line_by_line());
    CHECK(tokenizer.info().loses == "U+2581, which becomes a space");
    for (const auto& [title, text] : fixture_texts()) {
      CAPTURE(title);
      const Tokens tokens = encoded(tokenizer, text);
      CHECK(covered_bytes(tokens) == text.size());
      if (text.find("\u2581") == std::string::npos) CHECK(tokenizer.decode(tokens.ids) == text);
    }
    const std::string lean = fixture_texts().at("sample.lean");
    CHECK(encoded(tokenizer, lean).size() < lean.size() * 2 / 3);
  }
}

TEST_CASE("the same documents give the same model, cut into chunks or not") {
  for (const auto model : {SentencePieceTraining::Model::bpe, SentencePieceTraining::Model::unigram})
    CHECK(trained(small(model)) == trained(small(model)));
  std::string joined;
  for (const std::string& text : samples()) joined += text + "\n";
  CHECK(trained(small(), {joined}) == trained(small()));
}

TEST_CASE("long lines are cut, not left out; max_bytes ends the reading") {
  std::string line;
  for (int i = 0; i < 4000; ++i) line += "reading " + std::to_string(i) + " \u03b1\u03b2 ";
  SentencePieceTraining options = small();
  options.vocab_size = 290;
  const SentencePiece tokenizer(trained(options, {line}), {}, "trained.model");
  CHECK(encoded(tokenizer, "reading").size() <= 2);
  options.vocab_size = 340;
  options.max_bytes = 800;
  const auto first = samples().front();
  CHECK(trained(options, {first}) == trained(options, {first, std::string(5000, 'q')}));
}

TEST_CASE("training says why it cannot") {
  CHECK_THROWS_WITH_AS(trained(small(), {}), "no text to train a tokenizer on", Error);
  CHECK_THROWS_WITH_AS(trained(small(), {"\n\n"}), "no text to train a tokenizer on", Error);
  SentencePieceTraining options = small();
  options.vocab_size = 100000;
  CHECK_THROWS_WITH_AS(trained(options), doctest::Contains("no tokenizer of 100000 pieces"), Error);
  options.vocab_size = 270;
  CHECK_THROWS_WITH_AS(trained(options), doctest::Contains("smaller than required_chars"), Error);
}

TEST_CASE("an error of the reader passes through the training") {
  Documents documents(samples(), 1);
  CHECK_THROWS_WITH_AS(rmt::corpora::train_sentencepiece(documents, small()), "a document is broken", Error);
}

TEST_CASE("bytes of one character are shared among its byte pieces") {
  const auto tokenizer = fixture_tokenizer("bpe");
  CHECK(encoded(*tokenizer, "\U0001f600").bytes == std::vector<uint32_t>{1, 1, 1, 1});
  // U+2581 becomes the piece of a space, so the library's own alignment is asked.
  const Tokens space = encoded(*tokenizer, "\u2581\U0001f600");
  CHECK(covered_bytes(space) == 7);
  CHECK(space.bytes.front() == 3);
  CHECK(space.bytes.back() == 1);
}

TEST_CASE("the space put before a text covers nothing") {
  const auto tokenizer = fixture_tokenizer("llama2");
  CHECK(!as_sentencepiece(*tokenizer).line_by_line());
  for (const auto& [title, text] : fixture_texts()) {
    CAPTURE(title);
    const Tokens tokens = encoded(*tokenizer, text);
    CHECK(covered_bytes(tokens) == text.size());
    if (text.find("\u2581") == std::string::npos) CHECK(tokenizer->decode(tokens.ids) == text);
  }
  CHECK(tokenizer->specials().bos == 1);
  CHECK(tokenizer->specials().eos == 2);
  CHECK(!tokenizer->specials().add_bos);
}

TEST_CASE("rules are read from the model's protocol buffer") {
  using rmt::corpora::read_sentencepiece_rules;
  const auto bpe = read_sentencepiece_rules(fixture_bytes("bpe.model"), "bpe.model");
  CHECK(bpe.identity());
  CHECK(bpe.byte_fallback);
  CHECK(bpe.model == rmt::corpora::SentencePieceRules::Model::bpe);
  const auto mapped = read_sentencepiece_rules(fixture_bytes("mapped.model"), "mapped.model");
  CHECK(mapped.maps_characters);
  CHECK(mapped.remove_extra_whitespaces);
  CHECK(!mapped.byte_fallback);
  CHECK_THROWS_WITH_AS(read_sentencepiece_rules("\x0a\xff\xff\xff\xff\x7f", "x.model"),
                       doctest::Contains("ends inside a field at byte 6"), Error);
  CHECK_THROWS_WITH_AS(read_sentencepiece_rules(std::string(11, '\xff'), "x.model"),
                       doctest::Contains("a number that does not end"), Error);
}

TEST_CASE("a text is encoded whole where a piece reaches over the end of a line") {
  // A user-defined piece more, as the protocol buffer's repeated field takes it at the end.
  const auto with_piece = [](const std::string& piece) {
    const std::string message = std::string("\x0a") + static_cast<char>(piece.size()) + piece + "\x18\x04";
    return SentencePiece(fixture_bytes("bpe.model") + "\x0a" + static_cast<char>(message.size()) + message, {}, "m");
  };
  const SentencePiece crossing = with_piece("\n\nlet");
  CHECK(!crossing.line_by_line());
  CHECK(crossing.safe_prefix("a\nb\n") == 0);
  CHECK(encoded(crossing, "\n\nlet").size() == 1);
  const SentencePiece alone = with_piece("\n");
  CHECK(alone.line_by_line());
  CHECK(alone.safe_prefix("a\nb") == 2);
}

TEST_CASE("damaged models are refused") {
  const std::string whole = fixture_bytes("bpe.model");
  size_t refused = 0, tried = 0;
  for (size_t size = 0; size < whole.size(); size += 61, ++tried) {
    try {
      const SentencePiece tokenizer(whole.substr(0, size), {}, "cut.model");
      encoded(tokenizer, "some text");
    } catch (const Error& error) {
      CHECK(error.code() == Errc::malformed);
      ++refused;
    }
  }
  CHECK(refused + 2 >= tried);  // a cut between the last fields leaves a model with default rules
}

TEST_CASE("a model serves several threads") {
  const auto tokenizer = fixture_tokenizer("unigram");
  const std::string text = fixture_texts().at("sample.tex");
  std::vector<Tokens> results(4);
  std::vector<std::thread> threads;
  for (Tokens& result : results) threads.emplace_back([&] { tokenizer->encode(text, result); });
  for (std::thread& thread : threads) thread.join();
  for (const Tokens& result : results) CHECK(result.ids == encoded(*tokenizer, text).ids);
}
