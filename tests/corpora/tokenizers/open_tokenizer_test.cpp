#include "corpora/error.h"
#include "tests/corpora/tokenizers/fixtures.h"
#include "tests/support/doctest.h"
#include "tests/support/temporary_folder.h"

using namespace rmt::tests;
using nlohmann::json;
using rmt::corpora::Errc;
using rmt::corpora::Error;
using rmt::corpora::open_tokenizer;

namespace {

Errc code_of(const std::string& path) {
  try {
    open_tokenizer(path);
  } catch (const Error& error) {
    CHECK(std::string(error.what()).find(path) != std::string::npos);
    return error.code();
  }
  FAIL("opened " << path);
  return Errc::io;
}

std::string vocab_txt() {
  const auto tokenizer = fixture_tokenizer("bert");
  std::string lines;
  for (size_t i = 0; i < tokenizer->vocab_size(); ++i) lines += tokenizer->piece(static_cast<int32_t>(i)) + "\n";
  return lines;
}

// The tokenizer.json that comes with models like Llama 2: sentencepiece's BPE, spelled out.
json llama2_json() {
  const auto tokenizer = fixture_tokenizer("llama2");
  json vocab = json::object();
  for (size_t i = 0; i < tokenizer->vocab_size(); ++i) vocab[tokenizer->piece(static_cast<int32_t>(i))] = i;
  return {{"normalizer", {{"type", "Prepend"}, {"prepend", "\u2581"}}},
          {"model", {{"type", "BPE"}, {"byte_fallback", true}, {"vocab", vocab}, {"merges", json::array()}}}};
}

}  // namespace

TEST_CASE("a folder is opened by the files it holds") {
  const TemporaryFolder folder;
  const auto place = [&](const std::string& name) { return (folder.path() / name).string(); };
  CHECK(code_of(folder.path().string()) == Errc::not_found);

  write_file(place("vocab.txt"), vocab_txt());
  write_file(place("tokenizer_config.json"), R"({"do_lower_case": false, "cls_token": "[MASK]"})");
  CHECK(open_tokenizer(folder.path().string())->fingerprint() == fixture_tokenizer("bert-cased")->fingerprint());
  CHECK(open_tokenizer(place("vocab.txt"))->specials().cls == 4);

  write_file(place("tokenizer.model"), fixture_bytes("bpe.model"));
  CHECK(open_tokenizer(folder.path().string())->info().kind == "sentencepiece-bpe");

  write_file(place("tokenizer.json"), fixture_json("gpt2").dump());
  write_file(place("special_tokens_map.json"), R"({"eos_token": {"content": "<|endoftext|>"}, "bos_token": "!"})");
  write_file(place("tokenizer_config.json"),
             R"({"bos_token": "<|endoftext|>", "add_bos_token": true, "pad_token": null})");
  const auto opened = open_tokenizer(folder.path().string());
  CHECK(opened->info().kind == "byte-bpe");
  CHECK(opened->specials().eos == 0);
  CHECK(opened->specials().bos == 0);
  CHECK(opened->specials().pad == std::nullopt);
  CHECK(opened->specials().add_bos);
}

TEST_CASE("a tokenizer.json made from a sentencepiece model is that model, when it lies beside it") {
  const TemporaryFolder folder;
  const auto place = [&](const std::string& name) { return (folder.path() / name).string(); };
  write_file(place("tokenizer.json"), llama2_json().dump());
  CHECK(code_of(place("tokenizer.json")) == Errc::unsupported);
  write_file(place("tokenizer.model"), fixture_bytes("bpe.model"));  // other pieces
  CHECK(code_of(place("tokenizer.json")) == Errc::unsupported);
  write_file(place("tokenizer.model"), fixture_bytes("llama2.model"));
  CHECK(open_tokenizer(folder.path().string())->fingerprint() == fixture_tokenizer("llama2")->fingerprint());
}

TEST_CASE("what is no tokenizer is refused by its kind") {
  const TemporaryFolder folder;
  const auto place = [&](const std::string& name) { return (folder.path() / name).string(); };
  CHECK(code_of(place("missing.model")) == Errc::not_found);
  write_file(place("notes.md"), "text");
  CHECK(code_of(place("notes.md")) == Errc::unsupported);
  write_file(place("broken.model"), "text");
  CHECK(code_of(place("broken.model")) == Errc::malformed);
  write_file(place("broken.json"), "{");
  CHECK(code_of(place("broken.json")) == Errc::malformed);
  write_file(place("tokenizer_config.json"), R"({"bos_token": 7})");
  write_file(place("vocab.txt"), vocab_txt());
  CHECK_THROWS_WITH_AS(open_tokenizer(place("vocab.txt")),
                       doctest::Contains("tokenizer_config.json: bos_token is number"), Error);
}
