#include "corpora/tokenizers/tokenizer_json.h"

#include <algorithm>
#include <limits>
#include <map>
#include <unordered_map>

#include "corpora/tokenizers/byte_bpe.h"
#include "corpora/tokenizers/wordpiece.h"

namespace rmt::corpora {

namespace {

std::string type_of(const JsonNode& node) {
  return node.at("type").string();
}

// Models written before the format named its models are told by what they hold.
std::string model_type(const JsonNode& model) {
  if (const auto type = model.find("type")) return type->string();
  if (model.find("merges")) return "BPE";
  return model.find("max_input_chars_per_word") ? "WordPiece" : "Unigram";
}

// Ids may have holes, but not so many that a single number decides how much memory is taken.
int64_t largest_id(size_t entries) {
  return static_cast<int64_t>(4 * entries + 1024);
}

void put_piece(std::vector<std::string>& pieces, int64_t id, const std::string& piece, const JsonNode& place) {
  const auto at = static_cast<size_t>(id);
  if (at >= pieces.size()) pieces.resize(at + 1);
  if (!pieces[at].empty() && pieces[at] != piece)
    place.malformed("gives id " + std::to_string(id) + " to \"" + piece + "\", which is \"" + pieces[at] +
                    "\" already");
  pieces[at] = piece;
}

std::vector<std::string> model_pieces(const JsonNode& model) {
  std::vector<std::string> pieces;
  const JsonNode vocab = model.at("vocab");
  if (vocab.is_array()) {  // Unigram: [piece, score] by id
    vocab.each_element([&](const JsonNode& entry) {
      if (!entry.is_array() || entry.size() == 0) entry.malformed("is not a piece and a score");
      pieces.push_back(entry.at(size_t{0}).string());
    });
    return pieces;
  }
  vocab.each_member([&](const std::string& piece, const JsonNode& id) {
    if (piece.empty()) id.malformed("is the id of an empty piece");
    put_piece(pieces, id.integer(0, largest_id(vocab.size())), piece, id);
  });
  return pieces;
}

// Added tokens join the pieces, those of the model among them.
std::vector<AddedToken> read_added(const JsonNode& root, bool nfc, std::vector<std::string>& pieces) {
  std::vector<AddedToken> added;
  const auto list = root.find("added_tokens");
  if (!list) return added;
  const int64_t limit = largest_id(pieces.size() + list->size());
  list->each_element([&](const JsonNode& token) {
    AddedToken entry{static_cast<int32_t>(token.at("id").integer(0, limit)), token.at("content").string(),
                     token.boolean_or("special", false)};
    if (entry.text.empty()) token.malformed("has no text");
    put_piece(pieces, entry.id, entry.text, token);
    if (!entry.special) {
      for (const char* option : {"single_word", "lstrip", "rstrip"})
        if (token.boolean_or(option, false))
          token.unsupported(std::string("has ") + option + ", which is not carried out");
      const bool spaces = entry.text.find_first_not_of(' ') == std::string::npos;
      if (nfc && !spaces && token.boolean_or("normalized", true))
        token.unsupported("is looked for in normalized text, which is carried out for spaces only");
    }
    added.push_back(std::move(entry));
  });
  return added;
}

bool read_nfc(const JsonNode& root) {
  const auto normalizer = root.find("normalizer");
  if (!normalizer) return false;
  std::vector<JsonNode> steps{*normalizer};
  if (type_of(*normalizer) == "Sequence") {
    steps.clear();
    normalizer->at("normalizers").each_element([&](const JsonNode& step) { steps.push_back(step); });
  }
  for (const JsonNode& step : steps)
    if (type_of(step) != "NFC")
      step.unsupported("is the normalizer " + type_of(step) + "; of byte-level BPE only NFC is carried out");
  return !steps.empty();
}

// ByteLevel as a step: whether it cuts by GPT-2's expression itself.
bool byte_level_cuts(const JsonNode& step) {
  if (type_of(step) != "ByteLevel")
    step.unsupported("is the pre-tokenizer " + type_of(step) + ", where ByteLevel is what is carried out");
  if (step.boolean_or("add_prefix_space", true))
    step.unsupported("adds a space before the text, which is not carried out");
  return step.boolean_or("use_regex", true);
}

PreTokenizer split_kind(const JsonNode& step) {
  const std::string behavior = step.at("behavior").string();
  const bool invert = step.boolean_or("invert", false);
  // The words are the matches, kept apart; or what would be removed is what does not match, which is nothing.
  if (!(behavior == "Isolated" && !invert) && !(behavior == "Removed" && invert))
    step.unsupported("splits with behavior " + behavior + ", which is not carried out");
  const std::string regex = step.at("pattern").at("Regex").string();
  if (const auto kind = pre_tokenizer_of_regex(regex)) return *kind;
  step.unsupported("splits by an expression this program does not know: " + regex);
}

PreTokenizer read_pre_tokenizer(const JsonNode& root) {
  const auto whole = root.find("pre_tokenizer");
  if (!whole) root.unsupported("has no pre_tokenizer, and is no byte-level BPE");
  std::vector<JsonNode> steps{*whole};
  if (type_of(*whole) == "Sequence") {
    steps.clear();
    whole->at("pretokenizers").each_element([&](const JsonNode& step) { steps.push_back(step); });
  }
  if (steps.size() == 1) {
    if (byte_level_cuts(steps[0])) return PreTokenizer::gpt2;
  } else if (steps.size() == 2 && type_of(steps[0]) == "Split") {
    const PreTokenizer kind = split_kind(steps[0]);
    if (!byte_level_cuts(steps[1])) return kind;
  } else if (steps.size() == 2 && type_of(steps[0]) == "Digits" && steps[0].boolean_or("individual_digits", false)) {
    if (byte_level_cuts(steps[1])) return PreTokenizer::smollm;
  }
  whole->unsupported(
      "is a sequence of pre-tokenizers this program does not know; known are ByteLevel, Digits and "
      "ByteLevel, and the Split of Llama 3 or Qwen 2 and ByteLevel");
}

// Options of the model that change its merging.
void refuse_options(const JsonNode& model) {
  for (const char* option : {"continuing_subword_prefix", "end_of_word_suffix"})
    if (!model.string_or(option, "").empty()) model.at(option).unsupported("is not carried out");
  if (model.boolean_or("byte_fallback", false))
    model.at("byte_fallback").unsupported("is sentencepiece's kind of BPE; give the tokenizer.model it was made from");
  if (const auto dropout = model.find("dropout"))
    dropout->unsupported("makes encodings random, which is not carried out");
}

std::vector<std::string> read_merges(const JsonNode& model) {
  std::vector<std::string> merges;
  model.at("merges").each_element([&](const JsonNode& merge) {
    if (merge.is_string()) {
      merges.push_back(merge.string());
    } else {
      if (!merge.is_array() || merge.size() != 2) merge.malformed("is not two pieces");
      merges.push_back(merge.at(size_t{0}).string() + ' ' + merge.at(size_t{1}).string());
    }
  });
  return merges;
}

// What a template puts before a text: the id of its first special token.
std::optional<std::string> template_start(const JsonNode& processor) {
  const std::string type = type_of(processor);
  if (type == "Sequence") {
    std::optional<std::string> start;
    processor.at("processors").each_element([&](const JsonNode& step) {
      if (!start) start = template_start(step);
    });
    return start;
  }
  if (type != "TemplateProcessing") return std::nullopt;
  const JsonNode single = processor.at("single");
  if (!single.is_array() || single.size() == 0) return std::nullopt;
  const auto token = single.at(size_t{0}).find("SpecialToken");
  return token ? std::optional(token->at("id").string()) : std::nullopt;
}

SpecialTokens read_specials(const JsonNode& root, TokenizerConfig config, const std::vector<std::string>& pieces) {
  std::unordered_map<std::string_view, int32_t> ids;
  for (size_t i = 0; i < pieces.size(); ++i) ids.emplace(pieces[i], static_cast<int32_t>(i));
  if (!config.add_bos && config.bos) {
    const auto processor = root.find("post_processor");
    config.add_bos = processor && template_start(*processor) == config.bos;
  }
  return special_tokens(config, [&](const std::string& spelling) -> std::optional<int32_t> {
    const auto known = ids.find(spelling);
    return known == ids.end() ? std::nullopt : std::optional(known->second);
  });
}

ByteBpeSpec read_byte_bpe(const JsonNode& root, const TokenizerConfig& config) {
  const JsonNode model = root.at("model");
  refuse_options(model);
  ByteBpeSpec spec;
  spec.nfc = read_nfc(root);
  spec.pre_tokenizer = read_pre_tokenizer(root);
  spec.whole_words = model.boolean_or("ignore_merges", false);
  spec.pieces = model_pieces(model);
  spec.merges = read_merges(model);
  spec.added = read_added(root, spec.nfc, spec.pieces);
  spec.specials = read_specials(root, config, spec.pieces);
  return spec;
}

WordPieceSpec read_wordpiece(const JsonNode& root, TokenizerConfig config) {
  const JsonNode model = root.at("model");
  const JsonNode normalizer = root.at("normalizer"), pre_tokenizer = root.at("pre_tokenizer");
  if (type_of(normalizer) != "BertNormalizer")
    normalizer.unsupported("is " + type_of(normalizer) + "; of WordPiece only BertNormalizer is carried out");
  if (type_of(pre_tokenizer) != "BertPreTokenizer")
    pre_tokenizer.unsupported("is " + type_of(pre_tokenizer) + "; of WordPiece only BertPreTokenizer is carried out");
  WordPieceSpec spec;
  spec.rules.clean_text = normalizer.boolean_or("clean_text", true);
  spec.rules.ideographs_apart = normalizer.boolean_or("handle_chinese_chars", true);
  spec.rules.lower_case = normalizer.boolean_or("lowercase", true);
  spec.rules.strip_accents = normalizer.boolean_or("strip_accents", spec.rules.lower_case);
  spec.unknown = model.string_or("unk_token", spec.unknown);
  spec.prefix = model.string_or("continuing_subword_prefix", spec.prefix);
  if (const auto longest = model.find("max_input_chars_per_word"))
    spec.longest_word = static_cast<size_t>(longest->integer(1, 1 << 20));
  spec.pieces = model_pieces(model);
  for (const AddedToken& token : read_added(root, false, spec.pieces))
    if (!token.special)
      root.unsupported("adds the token \"" + token.text + "\" that is not special, which is not carried out");
  name_bert_tokens(config);
  spec.specials = read_specials(root, config, spec.pieces);
  return spec;
}

}  // namespace

std::unique_ptr<const Tokenizer> TokenizerJson::make(const TokenizerConfig& config) const {
  const JsonNode root = document_.root();
  const JsonNode model = root.at("model");
  const std::string type = model_type(model);
  if (type == "BPE") return std::make_unique<ByteBpe>(read_byte_bpe(root, config), root.place());
  if (type == "WordPiece") return std::make_unique<WordPiece>(read_wordpiece(root, config), root.place());
  model.unsupported("is the model " + type + "; known are byte-level BPE and WordPiece");
}

std::vector<std::string> TokenizerJson::pieces() const {
  return model_pieces(document_.root().at("model"));
}

}  // namespace rmt::corpora
