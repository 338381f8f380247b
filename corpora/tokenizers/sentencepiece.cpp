#include "corpora/tokenizers/sentencepiece.h"

#include <sentencepiece_processor.h>

#include <algorithm>
#include <limits>

#include "corpora/error.h"
#include "corpora/tokenizers/fingerprint.h"

namespace rmt::corpora {

namespace {

constexpr std::string_view kSpace = "\xE2\x96\x81";  // U+2581, a space in a piece

std::string with_spaces(std::string_view piece) {
  std::string text;
  for (size_t at = 0; at < piece.size();) {
    const bool space = piece.substr(at).starts_with(kSpace);
    text.push_back(space ? ' ' : piece[at]);
    at += space ? kSpace.size() : 1;
  }
  return text;
}

// "<0x0A>" is the byte 10.
char byte_of(std::string_view piece) {
  return static_cast<char>(std::stoi(std::string(piece.substr(3, 2)), nullptr, 16));
}

// Folders name roles in tokenizer_config.json; models that stand alone, by ids.
std::optional<int32_t> role(std::optional<int32_t> named, int id) {
  if (named) return named;
  return id >= 0 ? std::optional<int32_t>(id) : std::nullopt;
}

}  // namespace

SentencePiece::SentencePiece(std::string_view model, const TokenizerConfig& config, const std::string& where)
    : where_(where),
      rules_(read_sentencepiece_rules(model, where)),
      processor_(std::make_unique<sentencepiece::SentencePieceProcessor>()) {
  if (rules_.maps_decoded_text)
    throw Error(Errc::unsupported, where + ": the model changes characters when it decodes, which is not carried out");
  const auto loaded = processor_->LoadFromSerializedProto(model);
  if (!loaded.ok())
    throw Error(Errc::malformed, where + ": sentencepiece refuses the model: " + std::string(loaded.message()));
  read_pieces();
  line_by_line_ = rules_.identity() && newline_stands_alone();
  specials_ = special_tokens(config, [&](const std::string& spelling) -> std::optional<int32_t> {
    const auto found = std::find(pieces_.begin(), pieces_.end(), spelling);
    if (found == pieces_.end()) return std::nullopt;
    return static_cast<int32_t>(found - pieces_.begin());
  });
  specials_.bos = role(specials_.bos, processor_->bos_id());
  specials_.eos = role(specials_.eos, processor_->eos_id());
  specials_.pad = role(specials_.pad, processor_->pad_id());
  specials_.unk = role(specials_.unk, processor_->unk_id());
  specials_.add_bos = specials_.bos && config.add_bos.value_or(false);
  Fingerprint print;
  print.add("sentencepiece");
  print.add(model);
  fingerprint_ = print.hex();
}

SentencePiece::~SentencePiece() = default;

void SentencePiece::read_pieces() {
  const auto count = static_cast<size_t>(std::max(processor_->GetPieceSize(), 0));
  for (size_t i = 0; i < count; ++i) {
    const int id = static_cast<int>(i);
    const std::string& piece = processor_->IdToPiece(id);
    pieces_.push_back(piece);
    is_byte_.push_back(processor_->IsByte(id));
    if (processor_->IsControl(id)) {
      bytes_.emplace_back();
    } else if (processor_->IsUnknown(id)) {
      bytes_.push_back(rules_.unknown_text);
    } else if (processor_->IsByte(id)) {
      bytes_.emplace_back(1, byte_of(piece));
    } else {
      bytes_.push_back(with_spaces(piece));
    }
  }
}

bool SentencePiece::newline_stands_alone() const {
  bool known = rules_.byte_fallback;  // else it could run together with other unknown characters
  for (const std::string& piece : pieces_) {
    if (piece.find('\n') == std::string::npos) continue;
    if (piece.size() > 1) return false;
    known = true;
  }
  return known;
}

// The tokens of one text, appended to the caller's.
class SentencePiece::Run {
 public:
  Run(const SentencePiece& model, Tokens& out) : model_(model), out_(out), first_(out.size()) {}

  void text(std::string_view text) {
    require(model_.processor_->Encode(text, &ids_));
    if (!add_by_pieces(text.size())) add_by_alignment(text);
  }

 private:
  // Each token covers the bytes of its piece. Holds where they add up to the text: what makes them
  // differ (a U+2581 in the text, an unknown character) only ever makes them fewer, but for the
  // space put before the text.
  bool add_by_pieces(size_t size) {
    const bool prefixed = model_.rules_.add_dummy_prefix && !model_.rules_.space_as_suffix && !ids_.empty() &&
                          model_.pieces_[model_.checked(ids_.front())].starts_with(kSpace);
    if (model_.rules_.maps_characters || model_.rules_.remove_extra_whitespaces) return false;
    const size_t before = out_.size();
    size_t covered = 0;
    for (const int id : ids_) {
      const size_t piece = model_.checked(id);
      const bool unknown = model_.specials_.unk == id || model_.processor_->IsUnknown(id);
      const size_t bytes = unknown ? 0 : model_.bytes_[piece].size();
      out_.ids.push_back(id);
      out_.bytes.push_back(static_cast<uint32_t>(bytes));
      covered += bytes;
    }
    if (prefixed && covered == size + 1) {
      out_.bytes[before] -= 1;
      return true;
    }
    if (covered == size) return true;
    out_.ids.resize(before);
    out_.bytes.resize(before);
    return false;
  }

  // By the library's own account of which token comes from where.
  void add_by_alignment(std::string_view text) {
    sentencepiece::ImmutableSentencePieceText aligned;
    require(model_.processor_->Encode(text, aligned.mutable_proto()));
    const size_t before = out_.size();
    const size_t count = aligned.pieces_size();
    size_t covered = 0;
    for (size_t i = 0; i < count; ++i) {
      const auto piece = aligned.pieces(static_cast<int>(i));
      const size_t end = std::clamp<size_t>(piece.end(), covered, text.size());
      out_.ids.push_back(static_cast<int32_t>(model_.checked(static_cast<int32_t>(piece.id()))));
      out_.bytes.push_back(static_cast<uint32_t>(end - covered));
      covered = end;
    }
    share_out_bytes(before);
    if (out_.size() > first_) out_.bytes.back() += static_cast<uint32_t>(text.size() - covered);
  }

  // Of a character spelled in byte pieces the library gives all to the last of them.
  void share_out_bytes(size_t from) {
    size_t waiting = 0;
    for (size_t i = from; i < out_.size(); ++i) {
      if (!model_.is_byte_[static_cast<size_t>(out_.ids[i])]) {
        waiting = 0;
        continue;
      }
      if (out_.bytes[i] == 0) {
        ++waiting;
        continue;
      }
      for (; waiting > 0 && out_.bytes[i] > 1; --waiting, --out_.bytes[i]) ++out_.bytes[i - waiting];
      waiting = 0;
    }
  }

  template <class Status>
  void require(const Status& status) const {
    if (!status.ok())
      throw Error(Errc::malformed,
                  model_.where_ + ": sentencepiece cannot encode with this model: " + std::string(status.message()));
  }

  const SentencePiece& model_;
  Tokens& out_;
  const size_t first_;
  std::vector<int> ids_;
};

void SentencePiece::encode(std::string_view text, Tokens& out) const {
  if (text.size() > static_cast<size_t>(std::numeric_limits<int32_t>::max()) / 4)
    throw Error(Errc::unsupported, "a text of " + std::to_string(text.size()) +
                                       " bytes is more than sentencepiece takes at once (512 MiB): give it in parts");
  Run run(*this, out);
  if (!line_by_line_) return run.text(text);
  while (!text.empty()) {
    const size_t line = std::min(text.find('\n'), text.size() - 1) + 1;
    run.text(text.substr(0, line));
    text.remove_prefix(line);
  }
}

size_t SentencePiece::safe_prefix(std::string_view text) const {
  if (!line_by_line_) return 0;
  const size_t newline = text.rfind('\n');
  return newline == std::string_view::npos ? 0 : newline + 1;
}

size_t SentencePiece::checked(int32_t id) const {
  if (id < 0 || static_cast<size_t>(id) >= pieces_.size())
    throw Error(Errc::malformed, "id " + std::to_string(id) + " is outside of the tokenizer's vocabulary of " +
                                     std::to_string(pieces_.size()));
  return static_cast<size_t>(id);
}

std::string SentencePiece::decode(std::span<const int32_t> ids) const {
  bool at_start = true;
  std::string text;
  for (const int32_t id : ids) text += decode_next(id, at_start);
  return text;
}

std::string SentencePiece::decode_next(int32_t id, bool& at_start) const {
  const size_t at = checked(id);
  std::string_view bytes = bytes_[at];
  if (!at_start || bytes.empty()) return std::string(bytes);
  // The space put before the text is taken away again; of spaces that were removed none can be there.
  const bool strips = (rules_.add_dummy_prefix || rules_.remove_extra_whitespaces) && !is_byte_[at];
  const bool space = strips && pieces_[at].starts_with(kSpace);
  if (space) bytes.remove_prefix(1);
  at_start = space && rules_.remove_extra_whitespaces;
  return std::string(bytes);
}

TokenizerInfo SentencePiece::info() const {
  using Model = SentencePieceRules::Model;
  TokenizerInfo info;
  switch (rules_.model) {
    case Model::unigram: info.kind = "sentencepiece-unigram"; break;
    case Model::bpe: info.kind = "sentencepiece-bpe"; break;
    case Model::word: info.kind = "sentencepiece-word"; break;
    case Model::character: info.kind = "sentencepiece-char"; break;
  }
  const auto rule = [&](bool on, const char* text) {
    if (on) info.rules += (info.rules.empty() ? "" : ", ") + std::string(text);
  };
  rule(rules_.identity(), "text as it is");
  rule(rules_.maps_characters, "characters mapped");
  rule(rules_.add_dummy_prefix, "space before the text");
  rule(rules_.remove_extra_whitespaces, "runs of white space shortened");
  rule(rules_.byte_fallback, "byte fallback");
  rule(line_by_line_, "line by line");
  if (!rules_.identity()) {
    info.loses = "what the rules change";
  } else if (!rules_.byte_fallback) {
    info.loses = "characters that have no piece";
  } else if (rules_.escape_whitespaces) {
    info.loses = "U+2581, which becomes a space";
  }
  return info;
}

}  // namespace rmt::corpora
