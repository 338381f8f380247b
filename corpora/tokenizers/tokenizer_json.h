// tokenizer.json, the one-file form of Hugging Face's tokenizers. It can describe far more than this
// program carries out; whatever would change an id and is not carried out exactly is refused by name.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "corpora/tokenizer.h"
#include "corpora/tokenizers/json_node.h"
#include "corpora/tokenizers/tokenizer_config.h"

namespace rmt::corpora {

class TokenizerJson {
 public:
  /// `where` names the file in errors. Throws Error(malformed).
  TokenizerJson(std::string_view text, std::string where) : document_(text, std::move(where)) {}

  /// The tokenizer; `config` says which spellings are special. Throws Error: malformed, unsupported
  /// naming the part that is not carried out.
  std::unique_ptr<const Tokenizer> make(const TokenizerConfig& config) const;

  /// The model's pieces by id, of every kind of model. Throws Error(malformed).
  std::vector<std::string> pieces() const;

 private:
  JsonDocument document_;
};

}  // namespace rmt::corpora
