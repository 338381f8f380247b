#include "corpora/tokenizers/tokenizer_json.h"

#include "corpora/error.h"
#include "tests/corpora/tokenizers/fixtures.h"
#include "tests/support/doctest.h"

using namespace rmt::tests;
using nlohmann::json;
using rmt::corpora::Error;
using rmt::corpora::TokenizerConfig;
using rmt::corpora::TokenizerJson;

namespace {

std::string refusal_with(const std::string& base, const json& patch) {
  json value = fixture_json(base);
  value.merge_patch(patch);
  return refusal_of(value);
}

bool says(const std::string& message, const std::string& part) {
  const bool found = message.find(part) != std::string::npos;
  if (!found) MESSAGE(message);
  return found;
}

}  // namespace

TEST_CASE("what would change ids and is not carried out is refused by name") {
  const auto refused = [](const char* base, const json& patch, const std::string& what) {
    const std::string message = refusal_with(base, patch);
    return says(message, "unsupported: ") && says(message, what);
  };
  CHECK(refused("gpt2", {{"normalizer", {{"type", "NFKC"}}}}, "normalizer is the normalizer NFKC"));
  CHECK(refused("gpt2", {{"normalizer", {{"type", "Sequence"}, {"normalizers", {{{"type", "Strip"}}}}}}},
                "normalizer.normalizers[0] is the normalizer Strip"));
  CHECK(refused("gpt2", {{"pre_tokenizer", {{"type", "Metaspace"}}}}, "pre_tokenizer is the pre-tokenizer Metaspace"));
  CHECK(refused("gpt2", {{"pre_tokenizer", {{"add_prefix_space", true}}}}, "adds a space before the text"));
  CHECK(refused("gpt2", {{"pre_tokenizer", nullptr}}, "has no pre_tokenizer"));
  CHECK(refused("gpt2", {{"pre_tokenizer", {{"use_regex", false}}}}, "sequence of pre-tokenizers"));
  CHECK(refused("gpt2", {{"model", {{"dropout", 0.1}}}}, "model.dropout"));
  CHECK(refused("gpt2", {{"model", {{"byte_fallback", true}}}}, "tokenizer.model"));
  CHECK(refused("gpt2", {{"model", {{"end_of_word_suffix", "</w>"}}}}, "model.end_of_word_suffix"));
  CHECK(refused("gpt2", {{"model", {{"type", "Unigram"}}}}, "the model Unigram"));
  CHECK(refused("bert", {{"normalizer", {{"type", "Lowercase"}}}}, "only BertNormalizer"));
  CHECK(refused("bert", {{"pre_tokenizer", {{"type", "Whitespace"}}}}, "only BertPreTokenizer"));

  json split = fixture_json("llama3");
  split["pre_tokenizer"]["pretokenizers"][0]["pattern"]["Regex"] = "\\w+|.";
  CHECK(says(refusal_of(split),
             "pre_tokenizer.pretokenizers[0] splits by an expression this program does not know: \\w+|."));
  split["pre_tokenizer"]["pretokenizers"][0]["behavior"] = "MergedWithNext";
  CHECK(says(refusal_of(split), "behavior MergedWithNext"));

  json added = fixture_json("qwen2");
  added["added_tokens"][1]["lstrip"] = true;
  CHECK(says(refusal_of(added), "added_tokens[1] has lstrip"));
  added["added_tokens"][1]["lstrip"] = false;
  added["added_tokens"][1]["normalized"] = true;
  CHECK(says(refusal_of(added), "added_tokens[1] is looked for in normalized text"));
}

TEST_CASE("what contradicts itself is refused with its place") {
  const auto refused = [](const char* base, const json& patch, const std::string& what) {
    const std::string message = refusal_with(base, patch);
    return says(message, "malformed: tokenizer.json") && says(message, what);
  };
  CHECK(refused("gpt2", {{"model", nullptr}}, "has no \"model\""));
  CHECK(refused("gpt2", {{"model", {{"vocab", 3}}}}, "model.vocab is number, not an object"));
  CHECK(refused("gpt2", {{"model", {{"vocab", {{"new", -1}}}}}}, "model.vocab.new is -1, outside of 0 to"));
  CHECK(
      refused("gpt2", {{"model", {{"vocab", {{"new", 2147483648LL}}}}}}, "model.vocab.new is 2147483648, outside of"));
  CHECK(refused("gpt2", {{"model", {{"vocab", {{"new", 18446744073709551615ULL}}}}}}, "outside of"));
  CHECK(refused("gpt2", {{"model", {{"vocab", {{"new", 5}}}}}}, "gives id 5 to"));
  CHECK(refused("gpt2", {{"model", {{"vocab", {{"new", 1.5}}}}}}, "not a whole number"));
  CHECK(refused("gpt2", {{"model", {{"vocab", {{"", 480}}}}}}, "empty piece"));
  CHECK(refused("gpt2", {{"model", {{"merges", {"a b", 7}}}}}, "model.merges[1] is not two pieces"));
  CHECK(refused("gpt2", {{"model", {{"merges", {{"a"}}}}}}, "model.merges[0] is not two pieces"));
  CHECK(refused("gpt2", {{"model", {{"merges", {"a zzz"}}}}}, "merge 0 (\"a zzz\") needs the piece \"zzz\""));
  CHECK(refused("bert", {{"model", {{"max_input_chars_per_word", 0}}}}, "max_input_chars_per_word is 0"));
  CHECK(refused("bert", {{"model", {{"unk_token", "<nothing>"}}}}, "lacks \"<nothing>\""));

  json added = fixture_json("gpt2");
  added["added_tokens"][0]["id"] = 2147483647;
  CHECK(says(refusal_of(added), "added_tokens[0].id is 2147483647, outside of"));
  added["added_tokens"][0]["id"] = 1;
  CHECK(says(refusal_of(added), "gives id 1 to \"<|endoftext|>\""));
}

TEST_CASE("what is no JSON, or half of it, is refused with the byte") {
  const std::string whole = fixture_json("gpt2").dump();
  for (size_t size = 0; size < whole.size(); size += 97)
    CHECK_THROWS_WITH_AS(TokenizerJson(whole.substr(0, size), "t.json"), doctest::Contains("t.json: not JSON at byte"),
                         Error);
  CHECK_THROWS_WITH_AS(TokenizerJson(R"({"model": {"vocab": {"a": 1, "b": 2, "a": 3}}})", "t.json"),
                       "t.json: the key \"a\" comes twice in one object", Error);
  CHECK_THROWS_AS(TokenizerJson("[1e999]", "t.json"), Error);
  CHECK_THROWS_AS(TokenizerJson("[]", "t.json").make({}), Error);
  CHECK_THROWS_AS(TokenizerJson(std::string(100000, '['), "t.json"), Error);
}

TEST_CASE("merges are spelled in either way, models named or not") {
  json value = fixture_json("gpt2");
  json pairs = json::array(), lines = json::array();
  for (const json& merge : value["model"]["merges"]) {  // the fixture has pairs
    pairs.push_back(merge);
    lines.push_back(merge.at(0).get<std::string>() + " " + merge.at(1).get<std::string>());
  }
  const std::string print = from_json(value)->fingerprint();
  value["model"]["merges"] = pairs;
  CHECK(from_json(value)->fingerprint() == print);
  value["model"]["merges"] = lines;
  value["model"].erase("type");
  CHECK(from_json(value)->fingerprint() == print);
}

TEST_CASE("special tokens have the ids of their spellings") {
  TokenizerConfig config;
  config.bos = "<|endoftext|>";
  config.unk = "<not there>";
  const auto plain = from_json(fixture_json("gpt2"), config);
  CHECK(plain->specials().bos == 0);
  CHECK(plain->specials().unk == std::nullopt);
  CHECK(!plain->specials().add_bos);
  CHECK(from_json(fixture_json("llama3"), config)->specials().add_bos);  // by its template
  config.add_bos = false;
  CHECK(!from_json(fixture_json("llama3"), config)->specials().add_bos);
  config.add_bos = true;
  CHECK(from_json(fixture_json("gpt2"), config)->specials().add_bos);
  CHECK(!from_json(fixture_json("llama3"))->specials().add_bos);  // no spelling is known to be BOS
  CHECK(fixture_tokenizer("bert")->specials().sep == 3);
}
