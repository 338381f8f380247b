// WordPiece, as of BERT: words in normal form, each cut from the left into the longest pieces the
// vocabulary has. Ids equal those of Hugging Face's tokenizers. What normalization takes away is gone:
// decode() gives readable text, not the original.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "corpora/tokenizer.h"
#include "corpora/tokenizers/bert_words.h"
#include "corpora/tokenizers/tokenizer_config.h"

namespace rmt::corpora {

struct WordPieceSpec {
  std::vector<std::string> pieces;  ///< by id; empty: no such id
  BertRules rules;
  std::string unknown = "[UNK]";  ///< stands for a word that the pieces cannot make
  std::string prefix = "##";      ///< of pieces that go on with a word
  size_t longest_word = 100;      ///< in characters; longer ones are unknown
  SpecialTokens specials;
};

/// Gives the roles that BERT's own vocabularies leave to convention ([CLS], [SEP], …) their spellings.
void name_bert_tokens(TokenizerConfig& config);

/// vocab.txt: a piece a line, its id the number of the line. Throws Error(malformed).
WordPieceSpec read_vocab_txt(std::string_view text, const TokenizerConfig& config, const std::string& where);

/// A token covers its characters and everything since the token before it; the last one also what follows.
class WordPiece final : public Tokenizer {
 public:
  /// `where` names the file in errors. Throws Error(malformed): a piece twice, no unknown piece.
  WordPiece(WordPieceSpec spec, const std::string& where);
  WordPiece(const WordPiece&) = delete;
  WordPiece& operator=(const WordPiece&) = delete;

  size_t vocab_size() const override { return pieces_.size(); }
  const SpecialTokens& specials() const override { return specials_; }
  void encode(std::string_view text, Tokens& out) const override;
  size_t safe_prefix(std::string_view text) const override;
  std::string decode(std::span<const int32_t> ids) const override;
  std::string decode_next(int32_t id, bool& at_start) const override;
  std::string piece(int32_t id) const override;
  const std::string& fingerprint() const override { return fingerprint_; }
  TokenizerInfo info() const override;

 private:
  struct Cut {
    int32_t id;
    size_t origin;  // end in the text
  };
  void cut_word(const BertWord& word, std::vector<Cut>& cuts) const;

  BertWords words_;
  SpecialTokens specials_;
  std::string prefix_;
  size_t longest_word_;
  std::vector<std::string> pieces_;
  int32_t unknown_ = 0;
  std::unordered_map<std::string_view, int32_t> first_, next_;  // views into pieces_; next_ without the prefix
  size_t longest_piece_ = 0;                                    // in bytes
  std::string fingerprint_;
};

}  // namespace rmt::corpora
