// Byte-level BPE, as of GPT-2, Llama 3, Qwen 2 and SmolLM: the text is cut into words by fixed rules and
// each word, taken as bytes, is merged into pieces. Ids equal those of Hugging Face's tokenizers.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "corpora/tokenizer.h"
#include "corpora/tokenizers/added_tokens.h"
#include "corpora/tokenizers/bpe_workspace.h"
#include "corpora/tokenizers/merge_table.h"
#include "corpora/tokenizers/pre_tokenizer.h"
#include "corpora/tokenizers/unicode_classes.h"

namespace rmt::corpora {

/// Everything that decides the ids, as read from a tokenizer.json or from a GGUF file's metadata.
struct ByteBpeSpec {
  std::vector<std::string> pieces;  ///< by id, in GPT-2's byte alphabet; empty: no such id
  std::vector<std::string> merges;  ///< "left right", by rank
  PreTokenizer pre_tokenizer = PreTokenizer::gpt2;
  bool nfc = false;               ///< texts are brought to form C first
  bool whole_words = false;       ///< a word that is a piece is that piece, whatever the merges say
  std::vector<AddedToken> added;  ///< their pieces are plain text; those that are not special are found in texts
  SpecialTokens specials;
};

/// A byte that the vocabulary has no piece for gets no token; the token before it covers it (the first
/// token, at the start of a text). A text of nothing but such bytes has no tokens.
class ByteBpe final : public Tokenizer {
 public:
  /// `where` names the file in errors. Throws Error(malformed): a piece twice or not in the byte
  /// alphabet, a merge of pieces that are not there, an id out of range.
  ByteBpe(ByteBpeSpec spec, const std::string& where);
  ByteBpe(const ByteBpe&) = delete;
  ByteBpe& operator=(const ByteBpe&) = delete;

  size_t vocab_size() const override { return pieces_.size(); }
  const SpecialTokens& specials() const override { return specials_; }
  void encode(std::string_view text, Tokens& out) const override;
  size_t safe_prefix(std::string_view text) const override;
  std::string decode(std::span<const int32_t> ids) const override;
  std::string piece(int32_t id) const override;
  const std::string& fingerprint() const override { return fingerprint_; }
  TokenizerInfo info() const override;

 private:
  void read_pieces(const ByteBpeSpec& spec, const std::string& where);
  void read_merges(const ByteBpeSpec& spec, const std::string& where);
  size_t checked(int32_t id) const;
  bool has_pieces(std::string_view text) const;
  bool may_cut(std::string_view text, size_t at) const;

  class Run;  // one call of encode()

  PreTokenizer pre_tokenizer_;
  bool nfc_;
  UnicodeClasses classes_;
  AddedTokenFinder added_;
  SpecialTokens specials_;
  std::vector<std::string> pieces_;        // as stored, by id
  std::vector<std::string> bytes_;         // what each id decodes to
  std::array<int32_t, 256> id_of_byte_{};  // -1: no piece
  bool all_bytes_ = true;
  MergeTable merges_;
  std::unordered_map<std::string_view, int32_t> words_;  // views into bytes_; empty unless whole words come first
  std::string fingerprint_;
  std::unique_ptr<BpeWorkspacePool> workspaces_;
};

}  // namespace rmt::corpora
