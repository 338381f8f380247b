// Rows of tokens from documents: nothing lost, nothing made up, the same for the same seed, without an end.
#include "lm/train/row_stream.h"

#include <algorithm>

#include "corpora/error.h"
#include "tests/lm/byte_models.h"
#include "tests/support/doctest.h"
#include "tests/support/temporary_folder.h"

namespace rmt::tests {
namespace {

using Row = std::vector<int32_t>;
constexpr int32_t kEos = 256;

/// Three documents, 730 bytes in all.
struct Corpus {
  Corpus() {
    for (size_t i = 0; i < 3; ++i) {
      texts.push_back(random_text(200 + 43 * i + i * i, i));
      write_file(folder.path() / "docs" / (std::to_string(i) + ".txt"), texts.back());
    }
  }
  std::vector<std::string> paths() const { return {folder / "docs"}; }

  /// The documents again and again, `separator` between them unless it is negative.
  Row stream(size_t tokens, int32_t separator) const {
    Row all;
    for (size_t i = 0; all.size() < tokens; ++i) {
      if (i > 0 && separator >= 0) all.push_back(separator);
      for (const char c : texts[i % 3]) all.push_back(static_cast<unsigned char>(c));
    }
    all.resize(tokens);
    return all;
  }

  TemporaryFolder folder;
  std::vector<std::string> texts;
};

std::vector<Row> take(lm::RowStream& stream, size_t count) {
  std::vector<Row> rows;
  for (size_t i = 0; i < count; ++i) rows.push_back(stream.next().ids);
  return rows;
}

std::vector<Row> cut(const Row& stream, size_t length) {
  std::vector<Row> rows;
  for (size_t from = 0; from + length <= stream.size(); from += length)
    rows.emplace_back(stream.begin() + static_cast<std::ptrdiff_t>(from),
                      stream.begin() + static_cast<std::ptrdiff_t>(from + length));
  return rows;
}

TEST_CASE("unshuffled rows are the documents one after another, pass after pass, joined by end-of-text") {
  const Corpus corpus;
  for (const bool special : {true, false}) {
    const auto tokenizer = byte_tokenizer(special);
    lm::RowStream stream({corpus.paths()}, *tokenizer, 33, /*shuffle_rows=*/1, 5);
    CHECK((take(stream, 60) == cut(corpus.stream(60 * 33, special ? kEos : -1), 33)));
  }
}

TEST_CASE("a row may be a whole document, or longer") {
  const Corpus corpus;
  const auto tokenizer = byte_tokenizer(true);
  for (const size_t length : {210, 500, 700}) {
    lm::RowStream stream({corpus.paths()}, *tokenizer, static_cast<int64_t>(length), 1, 5);
    CHECK((take(stream, 5) == cut(corpus.stream(5 * length, kEos), length)));
  }
  // Where a row ends with its document, nothing is left for a separator to stand between.
  lm::RowStream stream({corpus.paths()}, *tokenizer, static_cast<int64_t>(corpus.texts[0].size()), 1, 5);
  stream.next();
  CHECK(stream.next().ids.front() == static_cast<unsigned char>(corpus.texts[1].front()));
}

TEST_CASE("shuffled rows are the same rows in an order of the seed") {
  const Corpus corpus;
  const auto tokenizer = byte_tokenizer(true);
  const auto rows_of = [&](uint64_t seed) {
    lm::RowStream stream({corpus.paths()}, *tokenizer, 33, /*shuffle_rows=*/64, seed);
    return take(stream, 60);
  };
  const std::vector<Row> rows = rows_of(1);
  CHECK((rows_of(1) == rows));
  CHECK((rows_of(2) != rows));

  // The corpus has 22 rows a pass, fewer than the buffer holds: each is handed out once before the next pass.
  std::vector<Row> first(rows.begin(), rows.begin() + 22), expected = cut(corpus.stream(22 * 33, kEos), 33);
  CHECK((first != expected));
  std::sort(first.begin(), first.end());
  std::sort(expected.begin(), expected.end());
  CHECK((first == expected));
}

TEST_CASE("less than a row of text in all is an error that says so; so is a path without documents") {
  const Corpus corpus;
  const auto tokenizer = byte_tokenizer(true);
  const auto failure = [&](std::vector<std::string> paths, int64_t length) -> std::string {
    lm::RowStream stream({std::move(paths)}, *tokenizer, length, 4, 5);
    try {
      stream.next();
    } catch (const corpora::Error& error) {
      CHECK(error.code() == corpora::Errc::not_found);
      return error.what();
    }
    return {};
  };
  CHECK(failure(corpus.paths(), 800).find("less than one row of 800 tokens") != std::string::npos);
  CHECK(failure({corpus.folder / "nowhere"}, 33).find("nowhere") != std::string::npos);
  write_file(corpus.folder / "empty.txt", "");
  CHECK(failure({corpus.folder / "empty.txt"}, 33).find("less than one row") != std::string::npos);
}

TEST_CASE("only what stands between marks is learned, row for row, and no end-of-text") {
  const TemporaryFolder folder;
  write_file(folder / "a.txt", "one>two;three");
  write_file(folder / "b.txt", "four>five");
  const auto tokenizer = byte_tokenizer(true);
  lm::RowStream stream({{folder / "a.txt", folder / "b.txt"}, 1.0, {">", ";"}}, *tokenizer, 4, 1, 5);
  std::string all;
  for (int i = 0; i < 5; ++i) {
    const lm::Row row = stream.next();
    REQUIRE(row.learned.size() == row.ids.size());
    for (size_t at = 0; at < row.ids.size(); ++at)
      all.push_back(row.learned[at] ? static_cast<char>(row.ids[at]) : '.');
  }
  CHECK(all == "....two;...........f");
  lm::RowStream everything({{folder / "a.txt", folder / "b.txt"}}, *tokenizer, 14, 1, 5);
  CHECK((everything.next().learned == std::vector<bool>(14, true)));
}

TEST_CASE("sources are drawn by their weights, and each is read in its own order") {
  const TemporaryFolder folder;
  write_file(folder / "a.txt", std::string(300, 'a'));
  write_file(folder / "b.txt", std::string(300, 'b'));
  const auto tokenizer = byte_tokenizer(false);
  const std::vector<lm::TrainSource> sources = {{{folder / "a.txt"}, 6.0}, {{folder / "b.txt"}, 2.0}};
  lm::RowMixture mixture(sources, *tokenizer, 10, 16, 3), again(sources, *tokenizer, 10, 16, 3);
  int from_a = 0;
  for (int i = 0; i < 1000; ++i) {
    const Row row = mixture.next().ids;
    REQUIRE(row == Row(10, row[0]));
    REQUIRE(row == again.next().ids);
    from_a += row[0] == 'a';
  }
  CHECK(std::abs(from_a - 750) < 55);  // four standard deviations
}

}  // namespace
}  // namespace rmt::tests
