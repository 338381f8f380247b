// What an observer sees of a backbone's attention, and that looking changes nothing.
#include "model/attention_observer.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/tensor.h>
#include <c10/core/GradMode.h>

#include <cmath>
#include <map>
#include <vector>

#include "model/rmt/decoder.h"
#include "model/rmt/encoder.h"
#include "tests/support/doctest.h"
#include "tests/support/drawn_weights.h"
#include "tests/support/tensors.h"

using namespace rmt;
using model::ops::AttentionMask;
using tests::max_difference;
using tests::same_bits;

namespace {

/// A layer as it was shown.
struct Shown {
  int64_t layer;
  at::Tensor q, k;
  AttentionMask mask;
};

class Album {
 public:
  const model::AttentionObserver& observer() const { return observer_; }
  const std::vector<Shown>& shown() const { return shown_; }

 private:
  std::vector<Shown> shown_;
  model::AttentionObserver observer_ = [this](const model::LayerAttention& seen) {
    shown_.push_back({seen.layer, seen.q.detach().clone(), seen.k.detach().clone(), seen.mask});
  };
};

/// The softmax as it is written down, one weight at a time in double: [B, H, R, S].
at::Tensor by_hand(const Shown& seen) {
  const int64_t batch = seen.q.size(0), rows = seen.q.size(1), heads = seen.q.size(2), size = seen.q.size(3);
  const int64_t keys = seen.k.size(1), shared = heads / seen.k.size(2);
  const auto q = seen.q.accessor<float, 4>(), k = seen.k.accessor<float, 4>();
  const at::Tensor all = at::empty({batch, heads, rows, keys});
  auto out = all.accessor<float, 4>();
  std::vector<double> weights(static_cast<size_t>(keys));
  for (int64_t b = 0; b < batch; ++b)
    for (int64_t h = 0; h < heads; ++h)
      for (int64_t r = 0; r < rows; ++r) {
        double sum = 0;
        for (int64_t s = 0; s < keys; ++s) {
          double score = 0;
          for (int64_t i = 0; i < size; ++i) score += static_cast<double>(q[b][r][h][i]) * k[b][s][h / shared][i];
          const bool hidden = (seen.mask.causal && s > seen.mask.query_from + r) ||
                              (seen.mask.lengths.defined() && s >= seen.mask.lengths[b].item<int64_t>());
          const double weight = hidden ? 0 : std::exp(score / std::sqrt(static_cast<double>(size)));
          sum += weights[static_cast<size_t>(s)] = weight;
        }
        for (int64_t s = 0; s < keys; ++s) out[b][h][r][s] = static_cast<float>(weights[static_cast<size_t>(s)] / sum);
      }
  return all;
}

at::Tensor some_ids(const model::Backbone& backbone, int64_t batch, int64_t length) {
  at::manual_seed(5);
  return at::randint(backbone.config().vocab_size, {batch, length}, at::kLong);
}

}  // namespace

TEST_CASE("every layer is shown in order, its probabilities are the softmax, and no bit of the output changes") {
  constexpr int64_t kRows = 14, kFrom = 5;
  for (const char* name : {"gpt2-tiny", "llama-tiny", "llama-tied", "bert-tiny"}) {
    for (const bool gradients : {false, true}) {
      CAPTURE(name);
      CAPTURE(gradients);
      const c10::AutoGradMode mode(gradients);
      const auto backbone = tests::tiny_backbone(name);
      const bool causal = backbone->config().is_decoder();
      const at::Tensor rows = backbone->embed(some_ids(*backbone, 2, kRows));
      model::RowLayout layout{.causal = causal, .lengths = {}, .positions = {}};
      if (!causal) layout.lengths = at::tensor({kRows, int64_t{9}}, at::kLong);
      const at::Tensor unseen = backbone->forward(rows, layout, {kFrom, kRows});
      Album album;
      layout.observer = &album.observer();
      CHECK(same_bits(backbone->forward(rows, layout, {kFrom, kRows}), unseen));

      const int64_t layers = backbone->config().layers;
      REQUIRE(static_cast<int64_t>(album.shown().size()) == layers);
      for (int64_t layer = 0; layer < layers; ++layer) {
        const Shown& seen = album.shown()[static_cast<size_t>(layer)];
        CHECK(seen.layer == layer);
        CHECK(seen.mask.query_from == (layer + 1 == layers ? kFrom : 0));
        CHECK(seen.q.size(1) == kRows - seen.mask.query_from);
        const at::Tensor p = model::ops::attention_probabilities(seen.q, seen.k, seen.mask);
        CHECK(max_difference(p, by_hand(seen)) < 1e-6);
      }
    }
  }
}

TEST_CASE("what is shown are the weights' queries and keys, rotated") {
  const c10::NoGradGuard no_grad;
  const auto backbone = tests::tiny_backbone("llama-tiny");
  const model::BackboneConfig& config = backbone->config();
  const model::NamedTensors named = backbone->parameters();
  const std::map<std::string, at::Tensor> weights(named.begin(), named.end());
  const at::Tensor rows = backbone->embed(some_ids(*backbone, 1, 12)),
                   positions = at::tensor({3, 4, 5, 6, 7, 8}, at::kLong);
  const at::Tensor used = rows.narrow(1, 0, 6);
  Album album;
  backbone->forward(used, {.lengths = {}, .positions = positions, .observer = &album.observer()}, {0, 6});

  const at::Tensor scale = used.square().mean(-1, true).add(config.norm_eps).rsqrt();
  const at::Tensor h = used.mul(scale).mul(weights.at("model.layers.0.input_layernorm.weight"));
  const auto expected = [&](const char* projection, int64_t heads) {
    const at::Tensor flat =
        at::linear(h, weights.at(std::string("model.layers.0.self_attn.") + projection + ".weight"));
    return model::ops::rotate(flat.view({1, 6, heads, config.head_size}),
                              model::ops::make_rope(config.max_positions, config.head_size, config.rope_theta),
                              positions);
  };
  CHECK(max_difference(album.shown().front().q, expected("q_proj", config.heads)) < 1e-5);
  CHECK(max_difference(album.shown().front().k, expected("k_proj", config.kv_heads)) < 1e-5);
}

TEST_CASE("the recurrent wrappers hand the observer on, row by row or in one product, and give the same bits") {
  constexpr int64_t kMemory = 3, kLength = 8;
  const std::shared_ptr<const model::Backbone> gpt2 = tests::tiny_backbone("gpt2-tiny"),
                                               bert = tests::tiny_backbone("bert-tiny");
  const model::RmtConfig config{.memory_tokens = kMemory, .segment_length = kLength};
  const model::RmtDecoder decoder(gpt2, config, model::make_initial_memory(*gpt2, kMemory, 1));
  const model::RmtEncoder encoder(bert, config, model::make_initial_memory(*bert, kMemory, 1), 1, 2);
  const model::SegmentBatch segment{some_ids(*gpt2, 2, kLength), {kLength, kLength}};
  for (const bool gradients : {false, true}) {
    CAPTURE(gradients);
    const c10::AutoGradMode mode(gradients);
    const int64_t batch = gradients ? 2 : 1;  // of one call
    Album read, coded;
    const auto out = decoder.step(segment, decoder.start(2), model::Wanted::memory, &read.observer());
    CHECK(same_bits(out.state.memory, decoder.step(segment, decoder.start(2), model::Wanted::memory).state.memory));
    REQUIRE(static_cast<int64_t>(read.shown().size()) == gpt2->config().layers * 2 / batch);
    CHECK(read.shown().front().q.size(0) == batch);
    CHECK(read.shown().front().k.size(1) == kMemory + kLength + kMemory);
    CHECK(read.shown().back().mask.query_from == kMemory + kLength);  // only the write rows are finished

    const auto cls = encoder.step(segment, encoder.start(2), &coded.observer()).cls;
    CHECK(same_bits(cls, encoder.step(segment, encoder.start(2)).cls));
    REQUIRE(static_cast<int64_t>(coded.shown().size()) == bert->config().layers * 2 / batch);
    CHECK(coded.shown().front().k.size(1) == kMemory + kLength + 3);
  }
}
