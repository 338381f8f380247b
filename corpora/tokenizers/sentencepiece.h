// sentencepiece models, through Google's library: BPE and unigram, as of Llama 2, T5 and the models that
// sentencepiece_trainer.h makes. Every status is checked; every byte of the text is accounted for.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "corpora/tokenizer.h"
#include "corpora/tokenizers/sentencepiece_rules.h"
#include "corpora/tokenizers/tokenizer_config.h"

namespace sentencepiece {
class SentencePieceProcessor;
}

namespace rmt::corpora {

/// A text is encoded line by line where that is certain to change nothing: the model takes texts as they
/// are, and a newline is a token of its own. Then a stream may be cut after any newline; other models
/// give no safe prefix. (A unigram model adds up scores in single precision over all it is given at
/// once: line by line it rounds less than the library does over a whole text, and may differ from it
/// where two cuttings of a word are equally good.)
class SentencePiece final : public Tokenizer {
 public:
  /// `model` is the content of a .model file, which `where` names in errors. Throws Error: malformed,
  /// unsupported.
  SentencePiece(std::string_view model, const TokenizerConfig& config, const std::string& where);
  ~SentencePiece() override;

  size_t vocab_size() const override { return pieces_.size(); }
  const SpecialTokens& specials() const override { return specials_; }
  void encode(std::string_view text, Tokens& out) const override;
  size_t safe_prefix(std::string_view text) const override;
  std::string decode(std::span<const int32_t> ids) const override;
  std::string decode_next(int32_t id, bool& at_start) const override;
  std::string piece(int32_t id) const override { return pieces_[checked(id)]; }
  const std::string& fingerprint() const override { return fingerprint_; }
  TokenizerInfo info() const override;

  bool line_by_line() const { return line_by_line_; }

 private:
  void read_pieces();
  bool newline_stands_alone() const;
  size_t checked(int32_t id) const;

  class Run;  // one call of encode()

  std::string where_;
  SentencePieceRules rules_;
  std::unique_ptr<sentencepiece::SentencePieceProcessor> processor_;
  SpecialTokens specials_;
  std::vector<std::string> pieces_;  // as stored, by id
  std::vector<std::string> bytes_;   // what each id decodes to
  std::vector<bool> is_byte_;
  bool line_by_line_ = false;
  std::string fingerprint_;
};

}  // namespace rmt::corpora
