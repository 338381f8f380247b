#include "lm/gguf_tokenizer.h"

#include "corpora/tokenizers/byte_bpe.h"
#include "model/error.h"

namespace rmt::lm {

namespace {

using model::Errc;
using model::Error;
using model::GgufMetadata;

constexpr int64_t kControl = 3, kUserDefined = 4;  // of tokenizer.ggml.token_type

std::optional<int32_t> special_id(const GgufMetadata& metadata, const char* role, const std::string& where,
                                  size_t vocab_size) {
  const std::string key = std::string("tokenizer.ggml.") + role + "_token_id";
  const auto id = metadata.find_u32(key);
  if (id && *id >= vocab_size)
    throw Error(Errc::malformed, where + ": " + key + " is " + std::to_string(*id) + ", but the vocabulary has " +
                                     std::to_string(vocab_size) + " pieces");
  if (!id) return std::nullopt;
  return static_cast<int32_t>(*id);
}

corpora::PreTokenizer pre_tokenizer(const GgufMetadata& metadata, const std::string& where) {
  const std::string pre(metadata.find_string("tokenizer.ggml.pre").value_or("gpt-2"));
  const auto kind = corpora::pre_tokenizer_of_gguf(pre);
  if (!kind)
    throw Error(Errc::unsupported, where + ": texts are to be cut by rules named " + model::shown(pre) +
                                       ", which this program does not know; give the model's own with --tokenizer");
  return *kind;
}

std::vector<corpora::AddedToken> added_tokens(const GgufMetadata& metadata, const std::vector<std::string>& pieces,
                                              const std::string& where) {
  if (!metadata.contains("tokenizer.ggml.token_type")) return {};
  const std::vector<int64_t> types = metadata.integers("tokenizer.ggml.token_type");
  if (types.size() != pieces.size())
    throw Error(Errc::malformed, where + ": " + std::to_string(types.size()) + " token types for " +
                                     std::to_string(pieces.size()) + " tokens");
  std::vector<corpora::AddedToken> added;
  for (size_t id = 0; id < types.size(); ++id)
    if (types[id] == kControl || types[id] == kUserDefined)
      added.push_back({static_cast<int32_t>(id), pieces[id], types[id] == kControl});
  return added;
}

}  // namespace

std::unique_ptr<const corpora::Tokenizer> gguf_tokenizer(const GgufMetadata& metadata, const std::string& where) {
  const std::string kind(metadata.require_string("tokenizer.ggml.model"));
  if (kind != "gpt2")
    throw Error(Errc::unsupported, where + ": its tokenizer is of the kind " + model::shown(kind) +
                                       "; only byte-level BPE (\"gpt2\") is read from GGUF. Give the model's own "
                                       "tokenizer files with --tokenizer");
  corpora::ByteBpeSpec spec;
  for (const std::string_view piece : metadata.strings("tokenizer.ggml.tokens")) spec.pieces.emplace_back(piece);
  for (const std::string_view merge : metadata.strings("tokenizer.ggml.merges")) spec.merges.emplace_back(merge);
  spec.pre_tokenizer = pre_tokenizer(metadata, where);
  spec.nfc = spec.pre_tokenizer == corpora::PreTokenizer::qwen2;           // as their tokenizer.json has it,
  spec.whole_words = spec.pre_tokenizer == corpora::PreTokenizer::llama3;  // which GGUF leaves out
  spec.added = added_tokens(metadata, spec.pieces, where);

  const auto id = [&](const char* role) { return special_id(metadata, role, where, spec.pieces.size()); };
  spec.specials.bos = id("bos");
  spec.specials.eos = id("eos");
  spec.specials.pad = id("padding");
  spec.specials.unk = id("unknown");
  spec.specials.add_bos = metadata.find_bool("tokenizer.ggml.add_bos_token")
                              .value_or(spec.pre_tokenizer == corpora::PreTokenizer::llama3) &&
                          spec.specials.bos.has_value();
  return std::make_unique<corpora::ByteBpe>(std::move(spec), where);
}

}  // namespace rmt::lm
