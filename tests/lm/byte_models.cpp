#include "tests/lm/byte_models.h"

#include <ATen/ops/from_blob.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include <cmath>
#include <random>

#include "corpora/error.h"
#include "corpora/tokenizers/byte_alphabet.h"
#include "corpora/tokenizers/byte_bpe.h"
#include "model/rmt/segment_batch.h"
#include "tests/support/drawn_weights.h"

namespace rmt::tests {

namespace {

using model::Architecture;
using model::BackboneConfig;

class Chunks final : public corpora::TextSource {
 public:
  Chunks(Text text, size_t chunk) : text_(std::move(text)), chunk_(chunk) {}

  bool next(std::string& chunk) override {
    if (at_ == text_.text.size()) {
      if (!text_.error.empty()) throw corpora::Error(corpora::Errc::bad_text, text_.id + ": " + text_.error);
      return false;
    }
    size_t to = std::min(text_.text.size(), at_ + chunk_);
    while (to < text_.text.size() && (static_cast<unsigned char>(text_.text[to]) & 0xc0) == 0x80) ++to;
    chunk = text_.text.substr(at_, to - at_);
    at_ = to;
    return true;
  }

 private:
  Text text_;
  size_t chunk_, at_ = 0;
};

class TextReader final : public corpora::DocumentReader {
 public:
  TextReader(std::vector<Text> texts, size_t chunk) : texts_(std::move(texts)), chunk_(chunk) {}

  std::optional<corpora::Document> next() override {
    if (next_ == texts_.size()) return std::nullopt;
    const Text& text = texts_[next_++];
    return corpora::Document{text.id, text.id, "text", std::make_unique<Chunks>(text, chunk_)};
  }

 private:
  std::vector<Text> texts_;
  size_t chunk_, next_ = 0;
};

// Norms make sqrt(width) of a one-hot vector (RMS), and its height over the rest of that (layer norm);
// either way the row is one-hot again after the bias.
at::Tensor head_of(const ByteLogits& logits, double height) {
  at::Tensor head = at::zeros({256, 256});
  float* entry = head.data_ptr<float>();
  for (size_t next = 0; next < 256; ++next)
    for (size_t before = 0; before < 256; ++before) *entry++ = static_cast<float>(logits[before][next] / height);
  return head;
}

}  // namespace

std::unique_ptr<const corpora::Tokenizer> byte_tokenizer(bool special) {
  const corpora::ByteAlphabet alphabet;
  corpora::ByteBpeSpec spec;
  for (int byte = 0; byte < 256; ++byte) spec.pieces.push_back(alphabet.spelling(static_cast<unsigned char>(byte)));
  if (special) {
    spec.pieces.push_back("<|endoftext|>");
    spec.added.push_back({256, "<|endoftext|>", true});
    spec.specials.bos = spec.specials.eos = 256;
  }
  return std::make_unique<corpora::ByteBpe>(std::move(spec), "test");
}

BackboneConfig markov_config(Architecture architecture) {
  return {.architecture = architecture,
          .vocab_size = 256,
          .width = 256,
          .layers = 0,
          .heads = 4,
          .kv_heads = 4,
          .head_size = 64,
          .ffn_width = 8,
          .max_positions = 4096,
          .norm_eps = 1e-12,
          .tied_head = false};
}

std::map<std::string, at::Tensor> markov_weights(Architecture architecture, const ByteLogits& logits) {
  const at::Tensor one_hot = at::zeros({256, 256}).fill_diagonal_(256);
  const bool llama = architecture == Architecture::llama;
  // Layer norm of 256·e_t: 255 and -1 around the mean 1, over the deviation sqrt(255).
  const double height = llama ? 16 : 256 / std::sqrt(255.0);
  const at::Tensor head = head_of(logits, height);
  if (llama)
    return {{"model.embed_tokens.weight", one_hot}, {"model.norm.weight", at::ones({256})}, {"lm_head.weight", head}};
  return {{"wte.weight", one_hot},
          {"wpe.weight", at::zeros({4096, 256})},
          {"ln_f.weight", at::ones({256})},
          {"ln_f.bias", at::full({256}, 1 / std::sqrt(255.0))},
          {"lm_head.weight", head}};
}

std::shared_ptr<const model::Backbone> markov_backbone(Architecture architecture, const ByteLogits& logits) {
  return model::load_backbone(markov_config(architecture), model::TensorMap(markov_weights(architecture, logits)));
}

BackboneConfig small_config(Architecture architecture, int64_t vocab_size) {
  return {.architecture = architecture,
          .vocab_size = vocab_size,
          .width = 32,
          .layers = 2,
          .heads = 4,
          .kv_heads = architecture == Architecture::llama ? 2 : 4,
          .head_size = 8,
          .ffn_width = 48,
          .max_positions = 128,
          .norm_eps = 1e-5};
}

std::shared_ptr<const model::Backbone> random_backbone(Architecture architecture, int64_t vocab_size) {
  return model::load_backbone(small_config(architecture, vocab_size), DrawnWeights(7, 0.3));
}

model::RmtDecoder small_decoder(std::shared_ptr<const model::Backbone> backbone, int64_t memory_tokens,
                                int64_t segment_length) {
  const at::Tensor memory = model::make_initial_memory(*backbone, memory_tokens, 3).contiguous();
  return {std::move(backbone), {.memory_tokens = memory_tokens, .segment_length = segment_length}, memory};
}

std::unique_ptr<corpora::DocumentReader> text_reader(std::vector<Text> texts, size_t chunk) {
  return std::make_unique<TextReader>(std::move(texts), chunk);
}

std::string random_text(size_t bytes, uint64_t seed) {
  std::mt19937_64 rng(seed);
  std::string text;
  while (text.size() < bytes) {
    const uint64_t draw = rng();
    text += draw % 7 == 0 ? (draw % 5 == 0 ? '\n' : ' ') : static_cast<char>('a' + draw / 64 % 26);
  }
  return text;
}

}  // namespace rmt::tests
