// Models whose perplexity is known without running them, through the whole path: text, tokenizer,
// segments or windows, backbone, head, sums, figures.
#include <cmath>
#include <numbers>
#include <random>

#include "tests/lm/evaluation.h"
#include "tests/support/doctest.h"

namespace rmt::tests {
namespace {

using lm::EvalSettings;
using lm::Line;
using lm::Protocol;
using model::Architecture;

constexpr Architecture kBoth[] = {Architecture::gpt2, Architecture::llama};
constexpr int kFirst = ' ', kStates = 64;  // the source's alphabet: ' ' to '_'

EvalSettings recurrent(int64_t segment_length) {
  EvalSettings settings;
  settings.cut.segment_length = segment_length;
  settings.fingerprint = "test";
  return settings;
}

EvalSettings windowed(Protocol protocol, int64_t window, int64_t stride = 0) {
  EvalSettings settings = recurrent(50);
  settings.protocol = protocol;
  settings.window = {.protocol = protocol, .window = window, .stride = stride, .bos = false};
  settings.prefix = 10;
  return settings;
}

Heard run(Architecture architecture, const ByteLogits& logits, const std::string& text, const EvalSettings& settings) {
  const auto backbone = markov_backbone(architecture, logits);
  const auto decoder = small_decoder(backbone, 2, settings.cut.segment_length);
  const auto tokenizer = byte_tokenizer();
  return evaluate(
      {.backbone = backbone, .decoder = &decoder, .tokenizer = tokenizer.get(), .texts = {{"text", text, ""}}},
      settings);
}

// A Markov source over the alphabet: random logits, and next to nothing on all other bytes.
struct MarkovSource {
  explicit MarkovSource(uint64_t seed) {
    std::mt19937_64 rng(seed);
    std::normal_distribution<double> noise(0, 2);
    for (auto& row : logits) {
      row.fill(-30);
      for (int next = 0; next < kStates; ++next) row[static_cast<size_t>(kFirst + next)] = noise(rng);
    }
    for (size_t before = 0; before < 256; ++before) {
      double sum = 0;
      for (const double logit : logits[before]) sum += std::exp(logit);
      for (size_t next = 0; next < 256; ++next) log_p[before][next] = logits[before][next] - std::log(sum);
    }
  }

  std::string sample(size_t length, uint64_t seed) const {
    std::mt19937_64 rng(seed);
    std::string text(1, '@');
    while (text.size() < length) {
      const auto before = static_cast<unsigned char>(text.back());
      double left = std::uniform_real_distribution<double>(0, 1)(rng);
      size_t next = kFirst;
      while (next + 1 < kFirst + kStates && (left -= std::exp(log_p[before][next])) > 0) ++next;
      text += static_cast<char>(next);
    }
    return text;
  }

  double nll(const std::string& text) const {
    double sum = 0;
    for (size_t i = 1; i < text.size(); ++i)
      sum -= log_p[static_cast<unsigned char>(text[i - 1])][static_cast<unsigned char>(text[i])];
    return sum;
  }

  // Nats a byte: the rows' entropies under the stationary distribution.
  double entropy() const {
    std::vector<double> share(kStates, 1.0 / kStates);
    for (int step = 0; step < 200; ++step) {
      std::vector<double> next(kStates, 0);
      for (size_t i = 0; i < kStates; ++i)
        for (size_t j = 0; j < kStates; ++j) next[j] += share[i] * std::exp(log_p[kFirst + i][kFirst + j]);
      share = next;
    }
    double sum = 0;
    for (size_t i = 0; i < kStates; ++i)
      for (size_t j = 0; j < kStates; ++j) {
        const double l = log_p[kFirst + i][kFirst + j];
        sum -= share[i] * std::exp(l) * l;
      }
    return sum;
  }

  ByteLogits logits, log_p;
};

ByteLogits step_by(int step) {
  ByteLogits logits;
  for (auto& row : logits) row.fill(0);
  for (int t = 0; t < kStates; ++t)
    logits[static_cast<size_t>(kFirst + t)][static_cast<size_t>(kFirst + (t + step) % kStates)] = 200;
  return logits;
}

std::string cycle(size_t length) {
  std::string text;
  for (size_t i = 0; i < length; ++i) text += static_cast<char>(kFirst + i % kStates);
  return text;
}

TEST_CASE("a uniform model needs eight bits a byte, whatever the protocol") {
  const ByteLogits flat{};
  const std::string text = random_text(700, 4);
  for (const Architecture architecture : kBoth) {
    for (const EvalSettings& settings :
         {recurrent(64), windowed(Protocol::lm_eval, 64), windowed(Protocol::hf_strided, 64, 16),
          windowed(Protocol::hf_strided, 64, 64), windowed(Protocol::llamacpp, 64)}) {
      CAPTURE(lm::name(settings.protocol));
      const lm::Total total = run(architecture, flat, text, settings).result.total(Line::main);
      CHECK(std::abs(total.values.bits_per_byte / 8 - 1) < 1e-12);
      CHECK(std::abs(total.values.bits_per_char / 8 - 1) < 1e-12);
      CHECK(std::abs(total.values.ppl / 256 - 1) < 1e-11);
    }
  }
}

TEST_CASE("each protocol scores the tokens it says it does") {
  const ByteLogits flat{};
  const std::string text = random_text(700, 4);
  const auto scored = [&](const EvalSettings& settings) {
    return run(Architecture::llama, flat, text, settings).result.total(Line::main).scored;
  };
  CHECK(scored(recurrent(64)).tokens == 699);
  CHECK(scored(recurrent(700)).bytes == 699);
  CHECK(scored(windowed(Protocol::lm_eval, 64)).tokens == 700);
  CHECK(scored(windowed(Protocol::hf_strided, 64, 16)).tokens == 699);
  CHECK(scored(windowed(Protocol::hf_strided, 64, 64)).tokens == 700 - 11);  // one a window
  CHECK(scored(windowed(Protocol::llamacpp, 64)).tokens == 10 * 31);
  int64_t fields = 1;
  for (size_t i = 0; i < text.size(); ++i) fields += std::isspace(text[i]) && (i == 0 || !std::isspace(text[i - 1]));
  CHECK(scored(windowed(Protocol::lm_eval, 64)).words == fields);
}

TEST_CASE("a Markov source costs what its text says, and on average its entropy") {
  const MarkovSource source(11);
  const std::string text = source.sample(20000, 12);
  const double entropy = source.entropy();
  CHECK(entropy > 1.5);
  CHECK(entropy < 4);
  for (const Architecture architecture : kBoth) {
    const lm::Total total = run(architecture, source.logits, text, recurrent(512)).result.total(Line::main);
    CHECK(std::abs(total.nll / source.nll(text) - 1) < 1e-5);
    const double per_byte = total.values.nll_per_token;
    double variance = 0;
    for (size_t i = 1; i < text.size(); ++i)
      variance += std::pow(source.nll(text.substr(i - 1, 2)) - entropy, 2) / static_cast<double>(text.size());
    CHECK(std::abs(per_byte - entropy) < 4 * std::sqrt(variance / static_cast<double>(text.size())));
  }
}

TEST_CASE("every windowed protocol agrees with the Markov source on the tokens it scores") {
  const MarkovSource source(21);
  const std::string text = source.sample(500, 22);
  for (const EvalSettings& settings : {windowed(Protocol::hf_strided, 64, 16), windowed(Protocol::llamacpp, 64)}) {
    const Heard heard = run(Architecture::llama, source.logits, text, settings);
    for (const lm::ScoredRow& row : heard.rows.at("text")) {
      const auto from = static_cast<size_t>(row.row.token_from), to = static_cast<size_t>(row.row.token_to);
      CHECK(row.row.nll == doctest::Approx(source.nll(text.substr(from - 1, to - from + 1))).epsilon(1e-5));
    }
  }
}

TEST_CASE("predictions and targets are one apart: a model of the next byte is right, one of the byte after it is not") {
  const std::string text = cycle(300);
  for (const Architecture architecture : kBoth) {
    for (const EvalSettings& settings : {recurrent(37), windowed(Protocol::hf_strided, 40, 10),
                                         windowed(Protocol::hf_strided, 40, 40), windowed(Protocol::llamacpp, 40)}) {
      CAPTURE(lm::name(settings.protocol));
      CHECK(run(architecture, step_by(1), text, settings).result.total(Line::main).values.nll_per_token < 1e-9);
      for (const int wrong : {0, 2})
        CHECK(run(architecture, step_by(wrong), text, settings).result.total(Line::main).values.nll_per_token ==
              doctest::Approx(200).epsilon(1e-4));
    }
  }
}

}  // namespace
}  // namespace rmt::tests
