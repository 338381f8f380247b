#include "corpora/tasks/task_text.h"

#include <algorithm>

#include "corpora/tasks/task.h"
#include "corpora/tokenizers/sentencepiece.h"
#include "corpora/tokenizers/sentencepiece_trainer.h"
#include "tests/corpora/tokenizers/fixtures.h"
#include "tests/support/doctest.h"

using namespace rmt::corpora;
using namespace rmt::tests;

namespace {

std::string text_of(uint64_t seed, int64_t bytes) {
  const auto reader = task_text(seed, bytes);
  auto document = reader->next();
  REQUIRE(document);
  const std::string text = read_all(*document->text);
  CHECK(!reader->next());
  return text;
}

}  // namespace

TEST_CASE("the text has facts and questions of every task in every stretch of it") {
  const std::string text = text_of(1, 200000);
  CHECK(text.size() >= 200000);
  CHECK(text.size() < 205000);
  CHECK(text == text_of(1, 200000));
  CHECK(text != text_of(2, 200000));
  for (const auto& words : {std::vector<std::string_view>(kRooms.begin(), kRooms.end()),
                            std::vector<std::string_view>(kNames.begin(), kNames.end()),
                            std::vector<std::string_view>(kVerbs.begin(), kVerbs.end()),
                            std::vector<std::string_view>(kObjects.begin(), kObjects.end())}) {
    for (const std::string_view word : words) {
      CAPTURE(word);
      CHECK(text.find(" " + std::string(word)) < text.size() / 2);
    }
  }
  CHECK(text.find("one room to the left of") != std::string::npos);
}

TEST_CASE("a vocabulary trained on it has a piece for every word of facts and questions") {
  const auto documents = task_text(1, 1 << 20);
  SentencePieceTraining options;
  options.vocab_size = 2000;
  const SentencePiece tokenizer(train_sentencepiece(*documents, options), {}, "tasks.model");
  const auto is_piece = [&](std::string_view word) {
    return encoded(tokenizer, "a " + std::string(word)).size() == encoded(tokenizer, "a").size() + 1;
  };
  for (const std::string_view word : kRooms) CHECK(is_piece(word));
  for (const std::string_view word : kNames) CHECK(is_piece(word));
  for (const std::string_view word : kObjects) CHECK(is_piece(word));
  for (const std::string_view word : kColours) CHECK(is_piece(word));
  const auto background = generated_background(tokenizer);
  const TaskGenerator tasks({.kind = TaskKind::detect}, tokenizer, *background);
  CHECK(tasks.sample(0).ids.size() == 499);
}
