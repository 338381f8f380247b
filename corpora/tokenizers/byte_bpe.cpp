#include "corpora/tokenizers/byte_bpe.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "corpora/error.h"
#include "corpora/tokenizers/byte_alphabet.h"
#include "corpora/tokenizers/fingerprint.h"
#include "corpora/tokenizers/nfc.h"
#include "corpora/tokenizers/word_scanner.h"

namespace rmt::corpora {

namespace {

using PieceIds = std::unordered_map<std::string_view, int32_t>;

PieceIds ids_of(const std::vector<std::string>& pieces, const std::string& where) {
  PieceIds ids;
  ids.reserve(pieces.size());
  for (size_t i = 0; i < pieces.size(); ++i) {
    if (pieces[i].empty()) continue;
    const auto [known, fresh] = ids.emplace(pieces[i], static_cast<int32_t>(i));
    if (!fresh)
      throw Error(Errc::malformed, where + ": ids " + std::to_string(known->second) + " and " + std::to_string(i) +
                                       " are both the piece \"" + pieces[i] + "\"");
  }
  return ids;
}

std::string fingerprint_of(const ByteBpeSpec& spec) {
  Fingerprint print;
  print.add("byte-bpe");
  print.add(name(spec.pre_tokenizer));
  print.add(spec.nfc);
  print.add(spec.whole_words);
  print.add(static_cast<int64_t>(spec.pieces.size()));
  for (const std::string& piece : spec.pieces) print.add(piece);
  print.add(static_cast<int64_t>(spec.merges.size()));
  for (const std::string& merge : spec.merges) print.add(merge);
  for (const AddedToken& token : spec.added) {
    if (token.special) continue;
    print.add(token.id);
    print.add(token.text);
  }
  return print.hex();
}

}  // namespace

ByteBpe::ByteBpe(ByteBpeSpec spec, const std::string& where)
    : pre_tokenizer_(spec.pre_tokenizer), nfc_(spec.nfc), added_(spec.added), specials_(spec.specials) {
  if (spec.pieces.size() > static_cast<size_t>(std::numeric_limits<int32_t>::max()))
    throw Error(Errc::malformed, where + ": more pieces than there are ids");
  fingerprint_ = fingerprint_of(spec);
  read_pieces(spec, where);
  read_merges(spec, where);
  pieces_ = std::move(spec.pieces);
  workspaces_ = std::make_unique<BpeWorkspacePool>(WordMerger(id_of_byte_, merges_));
}

void ByteBpe::read_pieces(const ByteBpeSpec& spec, const std::string& where) {
  std::vector<const AddedToken*> added(spec.pieces.size(), nullptr);
  for (const AddedToken& token : spec.added) {
    if (token.id < 0 || static_cast<size_t>(token.id) >= spec.pieces.size())
      throw Error(Errc::malformed, where + ": the added token \"" + token.text + "\" has id " +
                                       std::to_string(token.id) + ", outside of a vocabulary of " +
                                       std::to_string(spec.pieces.size()));
    added[static_cast<size_t>(token.id)] = &token;
  }
  const ByteAlphabet alphabet;
  id_of_byte_.fill(-1);
  bytes_.resize(spec.pieces.size());
  for (size_t i = 0; i < spec.pieces.size(); ++i) {
    if (added[i] != nullptr) {
      bytes_[i] = added[i]->text;
      continue;
    }
    std::optional<std::string> bytes = alphabet.bytes_of(spec.pieces[i]);
    if (!bytes)
      throw Error(Errc::malformed, where + ": piece " + std::to_string(i) + " (\"" + spec.pieces[i] +
                                       "\") is not written in GPT-2's byte alphabet; is this a byte-level vocabulary?");
    if (bytes->size() == 1) id_of_byte_[static_cast<unsigned char>(bytes->front())] = static_cast<int32_t>(i);
    bytes_[i] = std::move(*bytes);
    if (spec.whole_words && !bytes_[i].empty()) words_.emplace(bytes_[i], static_cast<int32_t>(i));
  }
  all_bytes_ = std::find(id_of_byte_.begin(), id_of_byte_.end(), -1) == id_of_byte_.end();
}

void ByteBpe::read_merges(const ByteBpeSpec& spec, const std::string& where) {
  const PieceIds ids = ids_of(spec.pieces, where);
  merges_ = MergeTable(spec.merges.size());
  for (size_t rank = 0; rank < spec.merges.size(); ++rank) {
    const std::string& merge = spec.merges[rank];
    const auto id_of = [&](const std::string& piece) {
      const auto known = ids.find(piece);
      if (known == ids.end())
        throw Error(Errc::malformed, where + ": merge " + std::to_string(rank) + " (\"" + merge +
                                         "\") needs the piece \"" + piece + "\", which the vocabulary does not have");
      return known->second;
    };
    const size_t space = merge.find(' ');
    if (space == std::string::npos || merge.find(' ', space + 1) != std::string::npos)
      throw Error(Errc::malformed,
                  where + ": merge " + std::to_string(rank) + " (\"" + merge + "\") is not two pieces and a space");
    const std::string left = merge.substr(0, space), right = merge.substr(space + 1);
    const int32_t left_id = id_of(left), right_id = id_of(right);
    merges_.put(left_id, right_id, {static_cast<uint32_t>(rank), id_of(left + right)});
  }
}

// The tokens of one text, appended to the caller's.
class ByteBpe::Run {
 public:
  Run(const ByteBpe& bpe, BpeWorkspace& workspace, Tokens& out)
      : bpe_(bpe), workspace_(workspace), out_(out), first_(out.size()) {}

  void text(std::string_view text) {
    for (size_t at = 0; at < text.size();) {
      const AddedTokenFinder::Match match = bpe_.added_.next(text, at);
      plain(text.substr(at, std::min(match.from, text.size()) - at));
      if (match.token == nullptr) break;
      out_.ids.push_back(match.token->id);
      out_.bytes.push_back(static_cast<uint32_t>(match.token->text.size()));
      at = match.from + match.token->text.size();
    }
    finish();
  }

 private:
  void plain(std::string_view text) {
    if (bpe_.nfc_) {
      if (const std::optional<NormalizedText> normalized = to_nfc(text))
        return this->normalized(*normalized, text.size());
    }
    words(text);
  }

  // Encoded apart, because its tokens count the bytes of the normalized text.
  void normalized(const NormalizedText& text, size_t original_size) {
    Tokens tokens;
    Run run(bpe_, workspace_, tokens);
    run.words(text.text);
    run.finish();
    size_t place = 0, covered = 0;
    for (size_t i = 0; i < tokens.size(); ++i) {
      place += tokens.bytes[i];
      const size_t original = text.original(place);
      out_.ids.push_back(tokens.ids[i]);
      out_.bytes.push_back(static_cast<uint32_t>(original - covered));
      covered = original;
    }
    uncovered(original_size - covered);
  }

  void words(std::string_view text) {
    switch (bpe_.pre_tokenizer_) {
      case PreTokenizer::gpt2: return words_by<Gpt2Words>(text);
      case PreTokenizer::smollm: return words_by<SmollmWords>(text);
      case PreTokenizer::llama3: return words_by<Llama3Words<3>>(text);
      case PreTokenizer::qwen2: return words_by<Llama3Words<1>>(text);
    }
  }

  template <class Words>
  void words_by(std::string_view text) {
    const TextCursor cursor(text, bpe_.classes_);
    for (size_t from = 0, to; from < text.size(); from = to) {
      to = Words::word_end(cursor, from);
      if (to - from > WordCache::kMaxWord) {
        append(encoded(text.substr(from, to - from)), to - from);
        continue;
      }
      const WordCache::Key key = WordCache::key(text, from, to);
      if (workspace_.cache.find(key, out_)) continue;
      const std::vector<WordToken>& tokens = encoded(text.substr(from, to - from));
      if (!tokens.empty()) workspace_.cache.put(key, tokens);
      append(tokens, to - from);
    }
  }

  const std::vector<WordToken>& encoded(std::string_view word) {
    const auto whole = bpe_.words_.find(word);
    if (whole == bpe_.words_.end()) return workspace_.merger.merge(word);
    whole_.assign(1, {whole->second, static_cast<uint32_t>(word.size())});
    return whole_;
  }

  void append(const std::vector<WordToken>& tokens, size_t word_size) {
    for (const WordToken& token : tokens) {
      out_.ids.push_back(token.id);
      out_.bytes.push_back(token.bytes);
    }
    if (tokens.empty()) uncovered(word_size);
  }

  // Bytes without a token go to the one before them, or wait for the first.
  void uncovered(size_t bytes) {
    (out_.size() > first_ ? out_.bytes.back() : waiting_) += static_cast<uint32_t>(bytes);
  }

  void finish() {
    if (out_.size() > first_) out_.bytes[first_] += std::exchange(waiting_, 0);
  }

  const ByteBpe& bpe_;
  BpeWorkspace& workspace_;
  Tokens& out_;
  const size_t first_;
  uint32_t waiting_ = 0;
  std::vector<WordToken> whole_;
};

void ByteBpe::encode(std::string_view text, Tokens& out) const {
  if (text.size() > static_cast<size_t>(std::numeric_limits<int32_t>::max()))
    throw Error(Errc::unsupported, "a text of " + std::to_string(text.size()) +
                                       " bytes is more than the tokenizer takes at once (2 GiB): give it in parts");
  const BpeWorkspacePool::Lease workspace(*workspaces_);
  Run(*this, *workspace, out).text(text);
}

bool ByteBpe::has_pieces(std::string_view text) const {
  return std::all_of(text.begin(), text.end(), [&](char c) { return id_of_byte_[static_cast<unsigned char>(c)] >= 0; });
}

bool ByteBpe::may_cut(std::string_view text, size_t at) const {
  const CodePoint before = code_point_before(text, at), after = code_point_at(text, at);
  if (before.value == kNoCodePoint || after.value == kNoCodePoint) return false;
  if (!certain_word_end(pre_tokenizer_, classes_, text, at)) return false;
  // A byte without a piece is covered by a neighbour, which has to be on its side of the cut.
  if (!all_bytes_ && !has_pieces(text.substr(at - before.bytes, before.bytes + after.bytes))) return false;
  if (nfc_ && !(nfc_parts_at(text, at - before.bytes) && nfc_parts_at(text, at))) return false;
  return !added_.may_cross(text, at);
}

size_t ByteBpe::safe_prefix(std::string_view text) const {
  // Far beyond any word but a hostile one; keeps the search from being repeated over a text without a cut.
  constexpr size_t kLookBack = size_t{1} << 20;
  const size_t stop = text.size() > kLookBack ? text.size() - kLookBack : 0;
  for (size_t at = text.size(); at > stop;) {
    at -= code_point_before(text, at).bytes;
    if (at > stop && may_cut(text, at)) return at;
  }
  return 0;
}

size_t ByteBpe::checked(int32_t id) const {
  if (id < 0 || static_cast<size_t>(id) >= pieces_.size())
    throw Error(Errc::malformed, "id " + std::to_string(id) + " is outside of the tokenizer's vocabulary of " +
                                     std::to_string(pieces_.size()));
  return static_cast<size_t>(id);
}

std::string ByteBpe::decode(std::span<const int32_t> ids) const {
  std::string text;
  for (const int32_t id : ids) text += bytes_[checked(id)];
  return text;
}

std::string ByteBpe::piece(int32_t id) const {
  return pieces_[checked(id)];
}

TokenizerInfo ByteBpe::info() const {
  TokenizerInfo info{.kind = "byte-bpe", .rules = std::string(name(pre_tokenizer_)), .loses = ""};
  if (nfc_) info.rules = "nfc, " + info.rules, info.loses = "the spelling of characters not in normalization form C";
  const auto missing = std::count(id_of_byte_.begin(), id_of_byte_.end(), -1);
  if (missing > 0) info.loses += (nfc_ ? "; " : "") + std::to_string(missing) + " byte values that have no piece";
  return info;
}

}  // namespace rmt::corpora
