#include "corpora/readers/jsonl.h"

#include <nlohmann/json.hpp>

#include "corpora/readers/compressed.h"
#include "corpora/readers/pile_record.h"
#include "tests/corpora/readers/files.h"

using namespace rmt::corpora;
using namespace rmt::tests;

namespace {

JsonlReader reader_of(const std::string& lines, const ReadOptions& options = {}, size_t step = 1 << 20) {
  return JsonlReader(std::make_unique<TrickledBytes>(lines, step), "corpus.jsonl", options, 1000);
}

std::vector<std::string> texts_of(JsonlReader& reader) {
  std::vector<std::string> texts;
  while (auto document = reader.next()) texts.push_back(read_all(*document->text));
  return texts;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("each line is a document, however the bytes arrive") {
  const std::string lines =
      "\ufeff{\"text\": \"one\\nline\"}\n\n  \r\n{\"text\":\"\u4e2d\\u00e9\\ud83d\\ude00\"}\r\n{\"text\": \"\"}";
  for (size_t step = 1; step < 30; ++step) {
    JsonlReader reader = reader_of(lines, {}, step);
    CHECK(texts_of(reader) == Texts{"one\nline", "\u4e2d\u00e9\U0001f600", ""});
  }
}

TEST_CASE("records are named by what they say of themselves, else by their line") {
  JsonlReader reader = reader_of(R"({"text": "a"}

{"text": "b", "meta": {"id": "b-7", "title": "B", "set": "s", "source": "src", "pile_set_name": "p"}}
{"meta": {"pile_set_name": "ArXiv", "nested": {"id": "no"}, "list": [{"id": "no"}]}, "text": "c"}
{"id": "top", "text": "d", "meta": {"source": "src"}}
{"text": "e", "meta": {"id": 12}, "other": {"text": "no", "id": "no", "meta": {"id": "no"}}}
)");
  using Names = std::vector<std::string>;
  const auto names = [&]() -> Names {
    const auto document = reader.next();
    REQUIRE(document);
    return {document->id, document->title, document->source, read_all(*document->text)};
  };
  CHECK(names() == Names{"corpus.jsonl#1", "corpus.jsonl#1", "jsonl", "a"});
  CHECK(names() == Names{"b-7", "B", "s", "b"});
  CHECK(names() == Names{"corpus.jsonl#4", "corpus.jsonl#4", "ArXiv", "c"});
  CHECK(names() == Names{"top", "top", "src", "d"});
  CHECK(names() == Names{"12", "12", "jsonl", "e"});
  CHECK_FALSE(reader.next());
  CHECK_FALSE(reader.next());
}

TEST_CASE("a broken record names file and line; the next call goes on") {
  struct Case {
    std::string line, what;
  };
  const std::vector<Case> cases = {
      {"{\"text\": \"a\"", "is not JSON at byte"},
      {"{\"text\": bad}", "is not JSON at byte 10"},
      {"not json", "is not JSON"},
      {"[{\"text\": \"a\"}]", "is not an object but an array"},
      {"\"text\"", "is not an object"},
      {"12", "is not an object but a number"},
      {"null", "is not an object but null"},
      {"{}", "has no \"text\""},
      {"{\"Text\": \"a\", \"meta\": {\"text\": \"b\"}}", "has no \"text\""},
      {"{\"text\": 5}", "has a number as its \"text\""},
      {"{\"text\": null}", "has null as its \"text\""},
      {"{\"text\": [\"a\"]}", "has an array as its \"text\""},
      {"{\"text\": {\"text\": \"a\"}}", "has an object as its \"text\""},
      {"{\"text\": \"a\"} {\"text\": \"b\"}", "is not JSON at byte"},
      {"{\"text\": \"\\ud800\"}", "is not JSON at byte"},
      {"{\"text\": \"a\tb\"}", "is not JSON at byte"},
      {"{\"text\": \"" + std::string(2000, 'x') + "\"}", "the line is longer than 1000 bytes"},
  };
  for (const Case& broken : cases) {
    CAPTURE(broken.line);
    const std::string lines = "{\"text\": \"before\"}\n" + broken.line + "\n{\"text\": \"after\"}\n";
    JsonlReader reader = reader_of(lines);
    CHECK(reader.next());
    const Error error = error_of([&] { reader.next(); });
    CHECK(error.code() == Errc::malformed);
    CHECK(contains(error.what(), "corpus.jsonl:2: "));
    CHECK(contains(error.what(), broken.what));
    CHECK(std::string(error.what()).size() < 400);  // never the record itself
    CHECK(texts_of(reader) == Texts{"after"});

    Listener listener;
    listener.options.skip_broken = true;
    JsonlReader skipping = reader_of(lines, listener.options);
    CHECK(texts_of(skipping) == Texts{"before", "after"});
    REQUIRE(listener.notices->size() == 1);
    CHECK(contains(listener.notices->front(), "corpus.jsonl:2: skipped: "));
    CHECK(contains(listener.notices->front(), broken.what));
  }
}

TEST_CASE("a file that ends inside a record is truncated") {
  const std::string whole = "{\"text\": \"caf\\u00e9\", \"meta\": {\"id\": 1}}";
  for (size_t size = 1; size < whole.size(); ++size) {
    JsonlReader reader = reader_of("{\"text\": \"a\"}\n" + whole.substr(0, size));
    CHECK(reader.next());
    const Error error = error_of([&] { reader.next(); });
    CHECK(error.code() == Errc::truncated);
    CHECK(contains(error.what(), "corpus.jsonl:2: "));
    CHECK(contains(error.what(), "the file ends inside it"));
  }
  for (const std::string last : {"{}", "{\"text\": bad}", "{\"text\": \"a\"}}"}) {  // broken, but not cut short
    JsonlReader reader = reader_of(last);
    CHECK(error_of([&] { reader.next(); }).code() == Errc::malformed);
  }
}

TEST_CASE("invalid UTF-8 in a record names file, line and byte") {
  const std::string lines = "{\"text\": \"a\"}\n{\"text\": \"caf\xe9\"}\n";
  JsonlReader strict = reader_of(lines);
  CHECK(strict.next());
  const Error error = error_of([&] { strict.next(); });
  CHECK(error.code() == Errc::bad_text);
  CHECK(contains(error.what(), "corpus.jsonl:2: byte 13 (0xE9) of the line is not valid UTF-8"));

  Listener listener;
  listener.options.lossy = true;
  JsonlReader lossy = reader_of(lines, listener.options);
  CHECK(texts_of(lossy) == Texts{"a", "caf\ufffd"});
  REQUIRE(listener.notices->size() == 1);
  CHECK(contains(listener.notices->front(), "corpus.jsonl:2: invalid UTF-8 is replaced by U+FFFD, first at byte 13"));
}

TEST_CASE("deep and wide records do not take memory with them") {
  const std::string deep = "{\"x\": " + std::string(200'000, '[') + std::string(200'000, ']') + ", \"text\": \"t\"}";
  CHECK(parse_pile_record(deep).text == "t");
  std::string wide = "{\"x\": [0";
  for (int i = 0; i < 100'000; ++i) wide += ",{}";
  CHECK(parse_pile_record(wide + "], \"text\": \"t\"}").text == "t");
}

TEST_CASE("a record equals what a JSON tree gives") {
  const std::string lines = content_of(fixture("records.jsonl"));
  JsonlReader reader(bytes_of(lines), "records.jsonl", {});
  size_t from = 0, records = 0;
  while (auto document = reader.next()) {
    const size_t to = lines.find('\n', from);
    const auto record = nlohmann::json::parse(lines.substr(from, to - from));
    CHECK(read_all(*document->text) == record["text"].get<std::string>());
    CHECK(document->id == record["meta"]["id"].get<std::string>());
    from = to + 1;
    ++records;
  }
  CHECK(records == 4);
}

TEST_CASE("a compressed corpus cut short keeps its whole records") {
  std::string lines;
  for (int i = 0; i < 20'000; ++i) lines += "{\"text\": \"record number " + std::to_string(i * 7919 % 20'011) + "\"}\n";
  const std::string packed = zstd_of(lines);
  JsonlReader reader(unzstd(bytes_of(packed.substr(0, packed.size() * 2 / 3)), "c.jsonl.zst"), "c.jsonl.zst", {});
  int64_t records = 0;
  const Error error = error_of([&] {
    while (reader.next()) ++records;
  });
  CHECK(records > 100);
  CHECK(error.code() == Errc::truncated);
  CHECK(contains(error.what(), "c.jsonl.zst: the zstd data ends too early, after " +
                                   std::to_string(packed.size() * 2 / 3) + " bytes"));
}
