#include "lm/attention/capture.h"

#include <ATen/ops/ones_like.h>
#include <ATen/ops/tensor.h>
#include <c10/core/GradMode.h>

#include <stdexcept>

#include "tests/lm/byte_models.h"
#include "tests/support/doctest.h"
#include "tests/support/drawn_weights.h"
#include "tests/support/tensors.h"

namespace rmt::lm {
namespace {

using model::Architecture;
using tests::max_difference;

constexpr int64_t kMemory = 3, kLength = 16;

model::RmtDecoder decoder_of(Architecture architecture) {
  return tests::small_decoder(tests::random_backbone(architecture), kMemory, kLength);
}

AttentionCapture capture(const model::RmtDecoder& decoder, const std::string& text, const std::set<int64_t>& chosen) {
  const auto tokenizer = tests::byte_tokenizer();
  const auto reader = tests::text_reader({{"a", text, ""}});
  DocumentStream document(std::move(reader->next()->text), *tokenizer,
                          {.segment_length = decoder.config().segment_length});
  return capture_attention(decoder, document, chosen);
}

/// All probabilities [L, H, R, S] of the segments of `text`, each kept whole.
std::vector<std::vector<at::Tensor>> all_maps(const model::RmtDecoder& decoder, const std::string& text) {
  const c10::NoGradGuard no_grad;
  const auto length = static_cast<size_t>(decoder.config().segment_length);
  std::vector<std::vector<at::Tensor>> maps;
  auto state = decoder.start(1);
  for (size_t from = 0; from < text.size(); from += length) {
    std::vector<at::Tensor> layers;
    const model::AttentionObserver observer = [&](const model::LayerAttention& layer) {
      layers.push_back(model::ops::attention_probabilities(layer.q, layer.k, layer.mask).squeeze(0));
    };
    const std::string part = text.substr(from, length);
    const at::Tensor ids = at::tensor(std::vector<int64_t>(part.begin(), part.end()), at::kLong).unsqueeze(0);
    state = decoder.step({ids, {ids.size(1)}}, state, model::Wanted::hidden, &observer).state;
    maps.push_back(layers);
  }
  return maps;
}

TEST_CASE("maps are the rows and columns of the whole attention that they say they are") {
  const std::string text = tests::random_text(5 * kLength + 7, 3);  // the last segment has 7 tokens
  for (const Architecture architecture : {Architecture::gpt2, Architecture::llama}) {
    const model::RmtDecoder decoder = decoder_of(architecture);
    const auto expected = all_maps(decoder, text);
    const AttentionCapture captured = capture(decoder, text, {0, 3, 5});
    REQUIRE(captured.segments.size() == 3);
    CHECK(captured.segments_read == 6);
    for (const SegmentAttention& maps : captured.segments) {
      CAPTURE(maps.segment.index);
      const int64_t t = maps.segment.index == 5 ? 7 : kLength, s = kMemory + t + kMemory;
      CHECK((maps.write.sizes() == at::IntArrayRef{2, 4, kMemory, s}));
      CHECK((maps.read.sizes() == at::IntArrayRef{2, 4, t, kMemory}));
      CHECK(max_difference(maps.write.sum(-1), at::ones_like(maps.write.select(-1, 0))) < 1e-6);
      CHECK(maps.write.triu(kMemory + t + 1).max().item<float>() == 0);
      for (int64_t layer = 0; layer < 2; ++layer) {
        const at::Tensor& whole = expected[static_cast<size_t>(maps.segment.index)][static_cast<size_t>(layer)];
        const int64_t first = s - whole.size(1);  // the last layer has no rows for the read memory
        CHECK(max_difference(maps.write[layer], whole.narrow(1, kMemory + t - first, kMemory)) < 1e-5);
        CHECK(max_difference(maps.read[layer], whole.narrow(1, kMemory - first, t).narrow(2, 0, kMemory)) < 1e-5);
      }
    }
  }
}

TEST_CASE("a segment too long to be looked at in one go has the same maps") {
  model::BackboneConfig config = tests::small_config(Architecture::llama);
  config.max_positions = 400;
  const model::RmtDecoder decoder =
      tests::small_decoder(model::load_backbone(config, tests::DrawnWeights(7, 0.3)), kMemory, 300);
  const std::string text = tests::random_text(300, 4);
  const at::Tensor whole = all_maps(decoder, text)[0][0];  // [H, S, S]
  const at::Tensor read = capture(decoder, text, {0}).segments[0].read[0];
  CHECK(max_difference(read, whole.narrow(1, kMemory, 300).narrow(2, 0, kMemory)) < 1e-6);
}

TEST_CASE("reading stops at the last segment chosen, and says how many there are where the text ends before it") {
  const model::RmtDecoder decoder = decoder_of(Architecture::gpt2);
  const std::string text = tests::random_text(4 * kLength, 5);
  CHECK(capture(decoder, text, {1}).segments_read == 2);
  const AttentionCapture past = capture(decoder, text, {1, 9});
  CHECK(past.segments.size() == 1);
  CHECK(past.segments_read == 4);
  CHECK(capture(decoder, "", {0}).segments_read == 0);
  const auto bare = tests::small_decoder(tests::random_backbone(Architecture::gpt2), 0, kLength);
  CHECK_THROWS_AS(capture(bare, text, {0}), std::invalid_argument);
}

TEST_CASE("a layer, a head, or the mean of heads is the part of the maps it names") {
  const SegmentAttention maps = capture(decoder_of(Architecture::llama), tests::random_text(20, 6), {0}).segments[0];
  const SegmentAttention one = only_head(only_layer(maps, 1), 2), mean = mean_of_heads(maps);
  CHECK(one.layers == std::vector<int64_t>{1});
  CHECK(one.heads == std::vector<int64_t>{2});
  CHECK(max_difference(one.write[0][0], maps.write[1][2]) == 0);
  CHECK(max_difference(one.read[0][0], maps.read[1][2]) == 0);
  CHECK(mean.heads.empty());
  CHECK((mean.write.sizes() == at::IntArrayRef{2, 1, kMemory, maps.write.size(3)}));
  const at::Tensor sum = maps.read[0].sum(0);
  CHECK(max_difference(mean.read[0][0].mul(4), sum) < 1e-6);
  CHECK_THROWS_AS(only_head(one, 1), std::invalid_argument);
}

}  // namespace
}  // namespace rmt::lm
