// Texts as vectors, by the bundled MiniLM.
#include "lm/streams/mean_encoder.h"

#include <cmath>
#include <numeric>

#include "model/error.h"
#include "tests/support/doctest.h"

namespace rmt::lm::test {
namespace {

MeanEncoder open(const std::string& name) {
  OpenOptions options;
  options.model = name;
  return MeanEncoder(open_model(options));
}

double dot(const std::vector<float>& a, const std::vector<float>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

TEST_CASE("vectors have length 1, and those of alike texts lie near each other") {
  MeanEncoder encoder = open("minilm-l6");
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
  MeanEncoder encoder = open("minilm-l6");
  std::string text;
  for (int i = 0; i < 600; ++i) text += "tax forms for companies ";
  const auto before = encoder.encode(text);
  for (int i = 0; i < 600; ++i) text += "a cat sleeps on the roof ";
  const auto after = encoder.encode(text);
  const auto cat = encoder.encode("a cat sleeps on the roof");
  CHECK(dot(after, cat) > dot(before, cat) + 0.1);
}

TEST_CASE("a decoder is no encoder") {
  CHECK_THROWS_AS(open("smollm2-135m"), model::Error);
}

}  // namespace
}  // namespace rmt::lm::test
