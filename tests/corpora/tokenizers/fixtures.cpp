#include "tests/corpora/tokenizers/fixtures.h"

#include <fstream>
#include <iterator>
#include <stdexcept>

#include "corpora/error.h"
#include "corpora/tokenizers/sentencepiece.h"
#include "corpora/tokenizers/tokenizer_json.h"

namespace rmt::tests {

using nlohmann::json;

std::string fixture_path(const std::string& file) {
  return "tests/fixtures/tokenizers/" + file;
}

std::string fixture_bytes(const std::string& file) {
  std::ifstream stream(fixture_path(file), std::ios::binary);
  if (!stream) throw std::runtime_error("no fixture " + fixture_path(file));
  return {std::istreambuf_iterator<char>(stream), {}};
}

const std::map<std::string, std::string>& fixture_texts() {
  static const auto texts = json::parse(fixture_bytes("texts.json")).get<std::map<std::string, std::string>>();
  return texts;
}

const json& expected_ids() {
  static const json expected = json::parse(fixture_bytes("expected.json"));
  return expected;
}

const std::vector<std::string>& tokenizer_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const auto& entry : expected_ids().items()) all.push_back(entry.key());
    return all;
  }();
  return names;
}

json fixture_json(const std::string& name) {
  static const json variants = json::parse(fixture_bytes("variants.json"));
  json result = json::parse(fixture_bytes(variants.at(name).at("base").get<std::string>()));
  result.merge_patch(variants.at(name).at("patch"));
  return result;
}

std::unique_ptr<const Tokenizer> from_json(const json& value, const corpora::TokenizerConfig& config) {
  return corpora::TokenizerJson(value.dump(), "tokenizer.json").make(config);
}

std::string refusal_of(const json& value, corpora::TokenizerConfig config) {
  try {
    from_json(value, config);
  } catch (const corpora::Error& error) {
    const char* code = error.code() == corpora::Errc::unsupported ? "unsupported: "
                       : error.code() == corpora::Errc::malformed ? "malformed: "
                                                                  : "another code: ";
    return code + std::string(error.what());
  }
  return "accepted";
}

std::unique_ptr<const Tokenizer> fixture_tokenizer(const std::string& name, const corpora::TokenizerConfig& config) {
  const std::string model = name + ".model";
  if (std::ifstream(fixture_path(model)))
    return std::make_unique<corpora::SentencePiece>(fixture_bytes(model), config, model);
  return from_json(fixture_json(name), config);
}

Tokens encoded(const Tokenizer& tokenizer, std::string_view text) {
  Tokens tokens;
  tokenizer.encode(text, tokens);
  return tokens;
}

size_t covered_bytes(const Tokens& tokens) {
  size_t sum = 0;
  for (const uint32_t bytes : tokens.bytes) sum += bytes;
  return sum;
}

}  // namespace rmt::tests
