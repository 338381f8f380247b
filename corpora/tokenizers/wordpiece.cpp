#include "corpora/tokenizers/wordpiece.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "corpora/error.h"
#include "corpora/tokenizers/code_point.h"
#include "corpora/tokenizers/fingerprint.h"

namespace rmt::corpora {

namespace {

std::string fingerprint_of(const WordPieceSpec& spec) {
  Fingerprint print;
  print.add("wordpiece");
  for (const bool rule :
       {spec.rules.clean_text, spec.rules.ideographs_apart, spec.rules.strip_accents, spec.rules.lower_case})
    print.add(rule);
  print.add(spec.unknown);
  print.add(spec.prefix);
  print.add(static_cast<int64_t>(spec.longest_word));
  for (const std::string& piece : spec.pieces) print.add(piece);
  return print.hex();
}

// Hugging Face's WordPiece decoder, for readers of English.
void tidy(std::string& piece) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kRules{{{" .", "."},
                                                                                  {" ?", "?"},
                                                                                  {" !", "!"},
                                                                                  {" ,", ","},
                                                                                  {" ' ", "'"},
                                                                                  {" n't", "n't"},
                                                                                  {" 'm", "'m"},
                                                                                  {" do not", " don't"},
                                                                                  {" 's", "'s"},
                                                                                  {" 've", "'ve"},
                                                                                  {" 're", "'re"}}};
  for (const auto& [from, to] : kRules)
    for (size_t at = 0; (at = piece.find(from, at)) != std::string::npos; at += to.size())
      piece.replace(at, from.size(), to);
}

}  // namespace

void name_bert_tokens(TokenizerConfig& config) {
  const auto name = [](std::optional<std::string>& spelling, const char* convention) {
    if (!spelling) spelling = convention;
  };
  name(config.pad, "[PAD]");
  name(config.unk, "[UNK]");
  name(config.cls, "[CLS]");
  name(config.sep, "[SEP]");
  name(config.mask, "[MASK]");
}

WordPieceSpec read_vocab_txt(std::string_view text, const TokenizerConfig& config, const std::string& where) {
  WordPieceSpec spec;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    spec.pieces.emplace_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (spec.pieces.empty()) throw Error(Errc::malformed, where + ": an empty vocabulary");
  spec.rules.lower_case = config.lower_case.value_or(true);
  spec.rules.strip_accents = config.strip_accents.value_or(spec.rules.lower_case);
  spec.rules.ideographs_apart = config.ideographs_apart.value_or(true);
  TokenizerConfig named = config;
  name_bert_tokens(named);
  spec.unknown = *named.unk;
  spec.specials = special_tokens(named, [&](const std::string& spelling) -> std::optional<int32_t> {
    const auto found = std::find(spec.pieces.begin(), spec.pieces.end(), spelling);
    if (found == spec.pieces.end()) return std::nullopt;
    return static_cast<int32_t>(found - spec.pieces.begin());
  });
  return spec;
}

WordPiece::WordPiece(WordPieceSpec spec, const std::string& where)
    : words_(spec.rules), specials_(spec.specials), prefix_(spec.prefix), longest_word_(spec.longest_word) {
  if (spec.pieces.size() > static_cast<size_t>(std::numeric_limits<int32_t>::max()))
    throw Error(Errc::malformed, where + ": more pieces than there are ids");
  fingerprint_ = fingerprint_of(spec);
  pieces_ = std::move(spec.pieces);
  for (size_t i = 0; i < pieces_.size(); ++i) {
    const std::string_view piece = pieces_[i];
    const auto id = static_cast<int32_t>(i);
    if (piece.empty()) continue;
    longest_piece_ = std::max(longest_piece_, piece.size());
    const auto [known, fresh] = first_.emplace(piece, id);
    if (!fresh)
      throw Error(Errc::malformed, where + ": ids " + std::to_string(known->second) + " and " + std::to_string(i) +
                                       " are both the piece \"" + pieces_[i] + "\"");
    if (!prefix_.empty() && piece.starts_with(prefix_)) next_.emplace(piece.substr(prefix_.size()), id);
  }
  if (prefix_.empty()) next_ = first_;
  const auto unknown = first_.find(spec.unknown);
  if (unknown == first_.end())
    throw Error(Errc::malformed,
                where + ": the vocabulary lacks \"" + spec.unknown + "\", which stands for unknown words");
  unknown_ = unknown->second;
}

void WordPiece::cut_word(const BertWord& word, std::vector<Cut>& cuts) const {
  const size_t before = cuts.size();
  const size_t count = word.chars.size();
  const auto give_up = [&] {
    cuts.resize(before);
    cuts.push_back({unknown_, word.chars.back().origin});
  };
  if (count > longest_word_) return give_up();
  for (size_t from = 0; from < count;) {
    const auto& pieces = from == 0 ? first_ : next_;
    const size_t start = from == 0 ? 0 : word.chars[from - 1].end;
    size_t to = count;
    auto found = pieces.end();
    for (; to > from; --to) {
      const size_t length = word.chars[to - 1].end - start;
      if (length > longest_piece_) continue;
      found = pieces.find(std::string_view(word.text).substr(start, length));
      if (found != pieces.end()) break;
    }
    if (to == from) return give_up();
    cuts.push_back({found->second, word.chars[to - 1].origin});
    from = to;
  }
}

void WordPiece::encode(std::string_view text, Tokens& out) const {
  if (text.size() > static_cast<size_t>(std::numeric_limits<int32_t>::max()))
    throw Error(Errc::unsupported, "a text of " + std::to_string(text.size()) +
                                       " bytes is more than the tokenizer takes at once (2 GiB): give it in parts");
  std::vector<Cut> cuts;
  size_t covered = 0;
  words_.each(text, [&](const BertWord& word) {
    cuts.clear();
    cut_word(word, cuts);
    for (const Cut& cut : cuts) {
      out.ids.push_back(cut.id);
      out.bytes.push_back(static_cast<uint32_t>(cut.origin - covered));
      covered = cut.origin;
    }
  });
  if (covered > 0) out.bytes.back() += static_cast<uint32_t>(text.size() - covered);
}

size_t WordPiece::safe_prefix(std::string_view text) const {
  constexpr size_t kLookBack = size_t{1} << 20;
  const size_t stop = text.size() > kLookBack ? text.size() - kLookBack : 0;
  bool token_follows = false;  // what stands between two tokens is covered by the second
  for (size_t at = text.size(); at > stop;) {
    const CodePoint after = code_point_before(text, at);
    at -= after.bytes;
    token_follows |= words_.gives_token(after.value);
    if (at == stop || !token_follows) continue;
    const CodePoint before = code_point_before(text, at);
    const bool known = words_.gives_token(after.value) || words_.parts_words(after.value);
    if (known && words_.gives_token(before.value) &&
        (words_.parts_words(before.value) || words_.parts_words(after.value)))
      return at;
  }
  return 0;
}

std::string WordPiece::piece(int32_t id) const {
  if (id < 0 || static_cast<size_t>(id) >= pieces_.size())
    throw Error(Errc::malformed, "id " + std::to_string(id) + " is outside of the tokenizer's vocabulary of " +
                                     std::to_string(pieces_.size()));
  return pieces_[static_cast<size_t>(id)];
}

std::string WordPiece::decode(std::span<const int32_t> ids) const {
  bool at_start = true;
  std::string text;
  for (const int32_t id : ids) text += decode_next(id, at_start);
  return text;
}

std::string WordPiece::decode_next(int32_t id, bool& at_start) const {
  std::string word = piece(id);
  if (!std::exchange(at_start, false)) {
    if (word.starts_with(prefix_)) {
      word.erase(0, prefix_.size());
    } else {
      word.insert(0, 1, ' ');
    }
  }
  tidy(word);
  return word;
}

TokenizerInfo WordPiece::info() const {
  std::string rules = "bert";
  if (words_.rules().lower_case) rules += ", lower case";
  if (words_.rules().strip_accents) rules += ", no accents";
  return {.kind = "wordpiece", .rules = rules, .loses = "white space, control characters and what the rules change"};
}

}  // namespace rmt::corpora
