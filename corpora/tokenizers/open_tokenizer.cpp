// Opens a tokenizer by the files it finds.
#include <algorithm>
#include <array>
#include <filesystem>

#include "corpora/error.h"
#include "corpora/tokenizer.h"
#include "corpora/tokenizers/sentencepiece.h"
#include "corpora/tokenizers/tokenizer_config.h"
#include "corpora/tokenizers/tokenizer_json.h"
#include "corpora/tokenizers/whole_file.h"
#include "corpora/tokenizers/wordpiece.h"

namespace rmt::corpora {

namespace fs = std::filesystem;

namespace {

using TokenizerPtr = std::unique_ptr<const Tokenizer>;

TokenizerPtr open_sentencepiece(const fs::path& path, const TokenizerConfig& config) {
  return std::make_unique<SentencePiece>(whole_file(path.string()), config, path.string());
}

TokenizerPtr open_vocab_txt(const fs::path& path, const TokenizerConfig& config) {
  return std::make_unique<WordPiece>(read_vocab_txt(whole_file(path.string()), config, path.string()), path.string());
}

// The model a tokenizer.json was made from, if it lies beside it and numbers the same pieces alike.
TokenizerPtr sentencepiece_beside(const fs::path& path, const TokenizerJson& json, const TokenizerConfig& config) {
  const fs::path model = path.parent_path() / "tokenizer.model";
  if (!fs::exists(model)) return nullptr;
  TokenizerPtr tokenizer = open_sentencepiece(model, config);
  const std::vector<std::string> pieces = json.pieces();
  if (pieces.size() != tokenizer->vocab_size()) return nullptr;
  for (size_t i = 0; i < pieces.size(); ++i)
    if (pieces[i] != tokenizer->piece(static_cast<int32_t>(i))) return nullptr;
  return tokenizer;
}

TokenizerPtr open_json(const fs::path& path, const TokenizerConfig& config) {
  const TokenizerJson json(whole_file(path.string()), path.string());
  try {
    return json.make(config);
  } catch (const Error& error) {
    if (error.code() != Errc::unsupported) throw;
    if (TokenizerPtr tokenizer = sentencepiece_beside(path, json, config)) return tokenizer;
    throw;
  }
}

TokenizerPtr open_file_by_name(const fs::path& path, const TokenizerConfig& config) {
  if (path.extension() == ".json") return open_json(path, config);
  if (path.extension() == ".model") return open_sentencepiece(path, config);
  if (path.extension() == ".txt") return open_vocab_txt(path, config);
  throw Error(Errc::unsupported,
              path.string() + ": not a tokenizer by its name; known are *.model, tokenizer.json and vocab.txt");
}

}  // namespace

std::unique_ptr<const Tokenizer> open_tokenizer(const std::string& path) {
  if (!fs::exists(path)) throw Error(Errc::not_found, path + ": no such file or folder");
  if (!fs::is_directory(path)) {
    const std::string folder = fs::path(path).parent_path().string();
    return open_file_by_name(path, read_tokenizer_config(folder.empty() ? "." : folder));
  }
  const TokenizerConfig config = read_tokenizer_config(path);
  constexpr std::array kNames{"tokenizer.json", "tokenizer.model", "spiece.model", "sentencepiece.bpe.model",
                              "vocab.txt"};
  for (const char* name : kNames)
    if (fs::exists(fs::path(path) / name)) return open_file_by_name(fs::path(path) / name, config);
  throw Error(Errc::not_found,
              path + ": holds no tokenizer: neither tokenizer.json, nor tokenizer.model, nor vocab.txt");
}

}  // namespace rmt::corpora
