// The tokenizers and texts of tests/fixtures/tokenizers, which tests/reference/tokenizer_fixtures.py wrote.
#pragma once

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "corpora/tokenizer.h"
#include "corpora/tokenizers/tokenizer_config.h"

namespace rmt::tests {

using corpora::Tokenizer;
using corpora::Tokens;

std::string fixture_path(const std::string& file);
std::string fixture_bytes(const std::string& file);

/// By name: "sample.tex", "combining", "random 3", …
const std::map<std::string, std::string>& fixture_texts();

/// Reference ids of every text: tokenizer, then text.
const nlohmann::json& expected_ids();

/// "gpt2", "smollm", "llama3", "qwen2", "neox", "bert", "bert-cased", "bert-accents", and the
/// sentencepiece models "bpe", "unigram", "llama2", "mapped".
const std::vector<std::string>& tokenizer_names();
std::unique_ptr<const Tokenizer> fixture_tokenizer(const std::string& name,
                                                   const corpora::TokenizerConfig& config = {});

/// The tokenizer.json of one of the first eight.
nlohmann::json fixture_json(const std::string& name);

Tokens encoded(const Tokenizer& tokenizer, std::string_view text);
size_t covered_bytes(const Tokens& tokens);

/// A tokenizer from a JSON value, and the message and code of the Error it gives instead.
std::unique_ptr<const Tokenizer> from_json(const nlohmann::json& json, const corpora::TokenizerConfig& config = {});
std::string refusal_of(const nlohmann::json& json, corpora::TokenizerConfig config = {});

}  // namespace rmt::tests
