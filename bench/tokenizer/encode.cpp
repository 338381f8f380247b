// Encodes a text over and over: what bench/tokenizer/row.py sets beside tiktoken, Hugging Face's tokenizers
// and sentencepiece. One thread.
#include <CLI/CLI.hpp>
#include <chrono>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "bench/turns.h"
#include "corpora/tokenizer.h"

namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_ids(const std::string& path, const rmt::corpora::Tokens& tokens) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(tokens.ids.data()),
             static_cast<std::streamsize>(tokens.ids.size() * sizeof(int32_t)));
  if (!file) throw std::runtime_error("cannot write " + path);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Encodes a text over and over.", "bench_tokenizer");
  std::string tokenizer_path, text_path, ids_path;
  rmt::bench::Turns turns;
  app.add_option("--tokenizer", tokenizer_path, "A folder or file of a tokenizer")->required();
  app.add_option("--text", text_path, "UTF-8 text")->required();
  app.add_option("--ids", ids_path, "Where to write the ids, raw int32")->required();
  rmt::bench::add_turns_options(app, turns);
  CLI11_PARSE(app, argc, argv);

  const std::string text = read_file(text_path);
  const auto tokenizer = rmt::corpora::open_tokenizer(tokenizer_path);
  rmt::corpora::Tokens tokens;
  const auto from = std::chrono::steady_clock::now();
  tokenizer->encode(text, tokens);  // no word is known yet
  const std::chrono::duration<double> first = std::chrono::steady_clock::now() - from;
  write_ids(ids_path, tokens);
  const nlohmann::json result{{"tokens", tokens.size()}, {"bytes", text.size()}};
  nlohmann::json ready = result;
  ready["first_s"] = first.count();
  rmt::bench::take_turns(turns, ready, [&] {
    tokens.clear();
    tokenizer->encode(text, tokens);
    return result;
  });
}
