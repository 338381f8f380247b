// rmt-lm tokenizer: train a vocabulary on documents, turn text to ids and back, and say what a tokenizer is.
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/command.h"
#include "app/exit_code.h"
#include "corpora/document.h"
#include "corpora/error.h"
#include "corpora/token_stream.h"
#include "corpora/tokenizer.h"
#include "corpora/tokenizers/sentencepiece.h"
#include "corpora/tokenizers/sentencepiece_trainer.h"
#include "lm/bundled_models.h"
#include "lm/gguf_tokenizer.h"
#include "model/weights/atomic_file.h"
#include "model/weights/gguf_file.h"

namespace rmt::app {
namespace {

using corpora::Tokenizer;

struct TokenizerOptions {
  std::string tokenizer, models;
  std::vector<std::string> documents;
  std::vector<int32_t> ids;
  std::string output, algorithm = "bpe";
  corpora::SentencePieceTraining training;
  bool json = false;
};

void print_json(const nlohmann::json& object) {
  fmt::print("{}\n", object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

/// A tokenizer's files, a .gguf, or a bundled model by its name.
std::unique_ptr<const Tokenizer> open(const TokenizerOptions& options) {
  const auto bundled = lm::find_bundled_model(options.tokenizer, options.models);
  const std::string path = bundled ? bundled->string() : options.tokenizer;
  if (!path.ends_with(".gguf")) return corpora::open_tokenizer(path);
  return lm::gguf_tokenizer(model::GgufFile::open(path).metadata(), path);
}

std::unique_ptr<corpora::DocumentReader> documents_of(const TokenizerOptions& options) {
  return corpora::open_documents(options.documents.empty() ? std::vector<std::string>{"-"} : options.documents, {});
}

corpora::Tokens encoded(corpora::Document& document, const Tokenizer& tokenizer) {
  constexpr size_t kTokensAtOnce = 1 << 16;
  corpora::TokenStream stream(*document.text, tokenizer);
  corpora::Tokens tokens;
  while (stream.read(kTokensAtOnce, tokens)) {
  }
  return tokens;
}

int run_encode(const TokenizerOptions& options) {
  const auto tokenizer = open(options);
  const auto documents = documents_of(options);
  while (auto document = documents->next()) {
    const corpora::Tokens tokens = encoded(*document, *tokenizer);
    if (options.json) {
      print_json({{"document", document->id}, {"ids", tokens.ids}, {"bytes", tokens.bytes}});
    } else {
      fmt::print("{}\n", fmt::join(tokens.ids, " "));
    }
  }
  return kOk;
}

/// The ids of one line of encode's output, in either form.
std::vector<int32_t> ids_of_line(const std::string& line, int64_t number) {
  const auto refuse = [&](const std::string& what) -> std::vector<int32_t> {
    throw corpora::Error(corpora::Errc::malformed, fmt::format("standard input, line {}: {}", number, what));
  };
  if (line.find_first_not_of(" \t\r") != std::string::npos && line[line.find_first_not_of(" \t\r")] == '{') {
    const auto object = nlohmann::json::parse(line, nullptr, false);
    if (!object.is_object() || !object.contains("ids")) return refuse("not an object with \"ids\"");
    try {
      return object["ids"].get<std::vector<int32_t>>();
    } catch (const nlohmann::json::exception&) {
      return refuse("\"ids\" is not an array of numbers");
    }
  }
  std::vector<int32_t> ids;
  for (const char *at = line.data(), *end = at + line.size();;) {
    while (at != end && (*at == ' ' || *at == '\t' || *at == '\r')) ++at;
    if (at == end) return ids;
    int32_t id = 0;
    const auto [next, error] = std::from_chars(at, end, id);
    if (error != std::errc()) return refuse(fmt::format("not an id at column {}", at - line.data() + 1));
    ids.push_back(id);
    at = next;
  }
}

void print_decoded(const Tokenizer& tokenizer, const std::vector<int32_t>& ids, bool json) {
  const std::string text = tokenizer.decode(ids);
  if (json) {
    print_json({{"text", text}, {"tokens", ids.size()}});
  } else {
    std::fwrite(text.data(), 1, text.size(), stdout);
  }
}

int run_decode(const TokenizerOptions& options) {
  const auto tokenizer = open(options);
  if (!options.ids.empty()) {
    print_decoded(*tokenizer, options.ids, options.json);
    return kOk;
  }
  std::string line;
  for (int64_t number = 1; std::getline(std::cin, line); ++number)
    print_decoded(*tokenizer, ids_of_line(line, number), options.json);
  return kOk;
}

nlohmann::json specials_json(const corpora::SpecialTokens& specials) {
  nlohmann::json object = nlohmann::json::object();
  const auto add = [&](const char* role, std::optional<int32_t> id) {
    if (id) object[role] = *id;
  };
  add("bos", specials.bos);
  add("eos", specials.eos);
  add("pad", specials.pad);
  add("unk", specials.unk);
  add("cls", specials.cls);
  add("sep", specials.sep);
  add("mask", specials.mask);
  return object;
}

nlohmann::json describe(const Tokenizer& tokenizer) {
  const corpora::TokenizerInfo info = tokenizer.info();
  return {{"kind", info.kind},
          {"rules", info.rules},
          {"vocab_size", tokenizer.vocab_size()},
          {"specials", specials_json(tokenizer.specials())},
          {"add_bos", tokenizer.specials().add_bos},
          {"lossless", info.loses.empty()},
          {"loses", info.loses},
          {"fingerprint", tokenizer.fingerprint()}};
}

/// What the tokenizer makes of the documents given.
nlohmann::json measure(const TokenizerOptions& options, const Tokenizer& tokenizer) {
  int64_t count = 0, bytes = 0, tokens = 0;
  const auto documents = documents_of(options);
  while (auto document = documents->next()) {
    const corpora::Tokens encoding = encoded(*document, tokenizer);
    ++count;
    tokens += static_cast<int64_t>(encoding.size());
    for (const uint32_t covered : encoding.bytes) bytes += covered;
  }
  const double ratio = tokens > 0 ? static_cast<double>(bytes) / static_cast<double>(tokens) : 0;
  return {{"documents", count}, {"bytes", bytes}, {"tokens", tokens}, {"bytes_per_token", ratio}};
}

void print_description(const Tokenizer& tokenizer, const nlohmann::json& object) {
  const auto text = [&](const char* key) { return object[key].get<std::string>(); };
  fmt::print("{:<16} {}\n{:<16} {}\n{:<16} {}\n", "kind", text("kind"), "rules", text("rules"), "vocabulary",
             tokenizer.vocab_size());
  for (const auto& [role, id] : object["specials"].items())
    fmt::print("{:<16} {} {}\n", role, id.get<int32_t>(), tokenizer.piece(id.get<int32_t>()));
  fmt::print("{:<16} {}\n", "BOS before text", object["add_bos"].get<bool>() ? "yes" : "no");
  fmt::print("{:<16} {}\n", "lossless", text("loses").empty() ? "yes" : "but for " + text("loses"));
  fmt::print("{:<16} {}\n", "fingerprint", text("fingerprint"));
  if (object.contains("sample"))
    fmt::print("{:<16} {:.3f} ({} bytes, {} tokens)\n", "bytes per token",
               object["sample"]["bytes_per_token"].get<double>(), object["sample"]["bytes"].get<int64_t>(),
               object["sample"]["tokens"].get<int64_t>());
}

int run_inspect(const TokenizerOptions& options) {
  const auto tokenizer = open(options);
  nlohmann::json object = describe(*tokenizer);
  if (!options.documents.empty()) object["sample"] = measure(options, *tokenizer);
  if (options.json) {
    print_json(object);
  } else {
    print_description(*tokenizer, object);
  }
  return kOk;
}

int run_train(const TokenizerOptions& options) {
  corpora::SentencePieceTraining training = options.training;
  using Model = corpora::SentencePieceTraining::Model;
  training.model = options.algorithm == "bpe" ? Model::bpe : Model::unigram;
  model::AtomicFile file(options.output);  // before the work, which a wrong path would waste
  const std::string content = corpora::train_sentencepiece(*documents_of(options), training);
  const corpora::SentencePiece tokenizer(content, {}, options.output);
  file.write(content);
  file.commit();
  nlohmann::json object = describe(tokenizer);
  object["file"] = options.output;
  if (options.json) {
    print_json(object);
  } else {
    fmt::print("{:<16} {}\n", "file", options.output);
    print_description(tokenizer, object);
  }
  return kOk;
}

CLI::App* add_action(CLI::App& parent, const char* name, const char* what, Command& chosen,
                     const std::shared_ptr<TokenizerOptions>& options, int (*run)(const TokenizerOptions&)) {
  CLI::App* action = parent.add_subcommand(name, what);
  action->add_flag("--json", options->json, "One JSON object a line");
  action->callback([options, run, &chosen] { chosen.run = [options, run] { return run(*options); }; });
  return action;
}

void add_tokenizer_option(CLI::App& action, TokenizerOptions& options) {
  action.add_option("--tokenizer", options.tokenizer, "*.model, tokenizer.json, vocab.txt, their folder, or *.gguf")
      ->required();
  action.add_option("--models", options.models, "Folder of the bundled models")->type_name("DIR");
}

void add_documents(CLI::App& action, TokenizerOptions& options, const char* what) {
  action.add_option("documents", options.documents, what)->type_name("PATH");
}

}  // namespace

void add_tokenizer(CLI::App& app, Command& chosen) {
  const auto options = std::make_shared<TokenizerOptions>();
  CLI::App* command = app.add_subcommand("tokenizer", "Train, use and inspect tokenizers");
  command->require_subcommand(1);

  CLI::App* train = add_action(*command, "train", "Train a sentencepiece model", chosen, options, run_train);
  add_documents(*train, *options, "Files or folders to train on; standard input without any");
  train->add_option("-o,--output", options->output, "The .model file to write")->required()->type_name("FILE");
  train->add_option("--algorithm", options->algorithm, "bpe or unigram")->check(CLI::IsMember({"bpe", "unigram"}));
  train->add_option("--vocab-size", options->training.vocab_size, "Pieces, with 256 bytes and the special ones")
      ->check(CLI::Range(int32_t{300}, int32_t{1} << 24));
  train->add_option("--coverage", options->training.character_coverage, "Share of characters to give pieces")
      ->check(CLI::Range(0.98, 1.0));
  train->add_option("--max-bytes", options->training.max_bytes, "Text to read at most")
      ->check(CLI::Range(int64_t{1}, int64_t{1} << 40));

  CLI::App* encode = add_action(*command, "encode", "Text to ids, a line a document", chosen, options, run_encode);
  add_tokenizer_option(*encode, *options);
  add_documents(*encode, *options, "Files or folders; standard input without any");

  CLI::App* decode = add_action(*command, "decode", "Ids to text", chosen, options, run_decode);
  add_tokenizer_option(*decode, *options);
  decode->add_option("ids", options->ids, "Ids; lines of encode's output on standard input without any")
      ->type_name("ID");

  CLI::App* inspect = add_action(*command, "inspect", "Say what a tokenizer is", chosen, options, run_inspect);
  add_tokenizer_option(*inspect, *options);
  add_documents(*inspect, *options, "Files or folders to measure bytes per token on");
}

}  // namespace rmt::app
