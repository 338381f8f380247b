#include "corpora/tokenizers/tokenizer_config.h"

#include <filesystem>

#include "corpora/tokenizers/json_node.h"
#include "corpora/tokenizers/whole_file.h"

namespace rmt::corpora {

namespace {

// A token is its spelling, or an object with the spelling as "content".
void read_spelling(const JsonNode& root, const char* key, std::optional<std::string>& spelling) {
  if (const std::optional<JsonNode> token = root.find(key))
    spelling = token->is_object() ? token->at("content").string() : token->string();
}

void read_flag(const JsonNode& root, const char* key, std::optional<bool>& flag) {
  if (const std::optional<JsonNode> value = root.find(key)) flag = value->boolean();
}

void read_file(const std::filesystem::path& path, TokenizerConfig& config) {
  if (!std::filesystem::exists(path)) return;
  const JsonDocument document(whole_file(path.string()), path.string());
  const JsonNode root = document.root();
  read_spelling(root, "bos_token", config.bos);
  read_spelling(root, "eos_token", config.eos);
  read_spelling(root, "pad_token", config.pad);
  read_spelling(root, "unk_token", config.unk);
  read_spelling(root, "cls_token", config.cls);
  read_spelling(root, "sep_token", config.sep);
  read_spelling(root, "mask_token", config.mask);
  read_flag(root, "add_bos_token", config.add_bos);
  read_flag(root, "do_lower_case", config.lower_case);
  read_flag(root, "strip_accents", config.strip_accents);
  read_flag(root, "tokenize_chinese_chars", config.ideographs_apart);
}

}  // namespace

TokenizerConfig read_tokenizer_config(const std::string& folder) {
  TokenizerConfig config;
  read_file(std::filesystem::path(folder) / "special_tokens_map.json", config);
  read_file(std::filesystem::path(folder) / "tokenizer_config.json", config);
  return config;
}

SpecialTokens special_tokens(const TokenizerConfig& config,
                             const std::function<std::optional<int32_t>(const std::string&)>& id_of) {
  const auto id = [&](const std::optional<std::string>& spelling) {
    return spelling ? id_of(*spelling) : std::nullopt;
  };
  SpecialTokens specials;
  specials.bos = id(config.bos);
  specials.eos = id(config.eos);
  specials.pad = id(config.pad);
  specials.unk = id(config.unk);
  specials.cls = id(config.cls);
  specials.sep = id(config.sep);
  specials.mask = id(config.mask);
  specials.add_bos = specials.bos && config.add_bos.value_or(false);
  return specials;
}

}  // namespace rmt::corpora
