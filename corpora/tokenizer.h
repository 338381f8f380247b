// The one face of every tokenizer: text to ids, with the number of bytes each id stands for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rmt::corpora {

/// Parallel arrays: token i has id `ids[i]` and covers `bytes[i]` bytes of the input. The bytes of
/// one encoding add up to the length of its text.
struct Tokens {
  std::vector<int32_t> ids;
  std::vector<uint32_t> bytes;

  size_t size() const { return ids.size(); }
  void clear() {
    ids.clear();
    bytes.clear();
  }
};

/// Ids with a role; absent where the vocabulary has none.
struct SpecialTokens {
  std::optional<int32_t> bos, eos, pad, unk, cls, sep, mask;
  bool add_bos = false;  ///< the model was trained with `bos` before every text
};

/// What a tokenizer is, for tables and reports.
struct TokenizerInfo {
  std::string kind;   ///< "byte-bpe", "sentencepiece-bpe", "sentencepiece-unigram", "wordpiece"
  std::string rules;  ///< how a text is prepared and cut before pieces are looked up
  std::string loses;  ///< what of a text decode(encode(text)) does not give back; empty: nothing
};

class Tokenizer {
 public:
  virtual ~Tokenizer() = default;

  virtual size_t vocab_size() const = 0;
  virtual const SpecialTokens& specials() const = 0;

  /// Appends the tokens of `text`, which is taken as plain text: the spelling of a special token in
  /// it is not special. Adds no special tokens itself.
  virtual void encode(std::string_view text, Tokens& out) const = 0;

  /// An n, the largest that is quickly found, such that encode(text[0, n)) followed by encode(text[n, …)
  /// + any continuation) equals encoding the whole, ids and bytes; 0 when no such cut can be promised yet.
  virtual size_t safe_prefix(std::string_view text) const = 0;

  /// Bytes of the ids, in order; ids outside the vocabulary throw Error(malformed).
  virtual std::string decode(std::span<const int32_t> ids) const = 0;

  /// The bytes that `id` adds to a text decoded so far: ids decoded one after the other are decode(ids). `at_start` is
  /// true before a text's first token and handed on from one to the next.
  virtual std::string decode_next(int32_t id, bool& at_start) const {
    at_start = false;
    return decode({&id, 1});
  }

  /// The vocabulary entry as stored (for tables; not the decoded bytes).
  virtual std::string piece(int32_t id) const = 0;

  /// Hex sha256 over everything that decides the ids: pieces, merges, rules.
  virtual const std::string& fingerprint() const = 0;

  virtual TokenizerInfo info() const { return {}; }
};

/// Opens a tokenizer by the files it finds: a sentencepiece .model, a tokenizer.json, a vocab.txt, or
/// a folder holding one of these. (A GGUF file's vocabulary comes through ByteBpe, see byte_bpe.h.)
/// Throws Error: not_found, malformed, unsupported.
std::unique_ptr<const Tokenizer> open_tokenizer(const std::string& path);

}  // namespace rmt::corpora
