// The plans of the windowed protocols against tables made by hand, and against the published loops
// written down literally.
#include "lm/eval/windows.h"

#include <stdexcept>
#include <vector>

#include "tests/support/doctest.h"

namespace rmt::lm {
namespace {

std::vector<Window> plan(const WindowRule& rule, int64_t tokens) {
  std::vector<Window> windows;
  for (int64_t index = 0;; ++index) {
    const auto window = window_at(rule, index, tokens, true);
    if (!window) return windows;
    windows.push_back(*window);
  }
}

// A window as one line: "p 0-3 > 0" reads a prefix and tokens 0..2, and scores 0..3 (the last is only
// a target).
std::string shown(const Window& window) {
  return std::string(window.prefix ? "p " : "") + std::to_string(window.from) + "-" + std::to_string(window.to) +
         " > " + std::to_string(window.score_from);
}

std::vector<std::string> shown(const WindowRule& rule, int64_t tokens) {
  std::vector<std::string> lines;
  for (const Window& window : plan(rule, tokens)) lines.push_back(shown(window));
  return lines;
}

using Lines = std::vector<std::string>;

TEST_CASE("lm-eval: disjoint windows, one token of context, the last one reaching back") {
  const WindowRule rule{.protocol = Protocol::lm_eval, .window = 4, .stride = 0, .bos = false};
  CHECK(shown(rule, 10) == Lines{"p 0-4 > 0", "3-8 > 4", "5-10 > 8"});
  CHECK(shown(rule, 8) == Lines{"p 0-4 > 0", "3-8 > 4"});
  CHECK(shown(rule, 4) == Lines{"p 0-4 > 0"});
  CHECK(shown(rule, 1) == Lines{"p 0-1 > 0"});
  CHECK(shown(rule, 5) == Lines{"p 0-4 > 0", "0-5 > 4"});
  CHECK(shown(rule, 0).empty());
}

TEST_CASE("hf-strided: each window scores what the one before did not reach") {
  const WindowRule rule{.protocol = Protocol::hf_strided, .window = 6, .stride = 2, .bos = false};
  CHECK(shown(rule, 11) == Lines{"0-6 > 1", "2-8 > 6", "4-10 > 8", "6-11 > 10"});
  CHECK(shown(rule, 6) == Lines{"0-6 > 1"});
  CHECK(shown(rule, 1).empty());
}

TEST_CASE("hf-strided without overlap leaves the first token of every window out, as the recipe does") {
  const WindowRule rule{.protocol = Protocol::hf_strided, .window = 4, .stride = 4, .bos = false};
  CHECK(shown(rule, 10) == Lines{"0-4 > 1", "4-8 > 5", "8-10 > 9"});
  CHECK(shown(rule, 9) == Lines{"0-4 > 1", "4-8 > 5"});  // the last would be one token that nothing predicts
}

TEST_CASE("hf-strided with BOS: the id before the text takes part in the windows") {
  const WindowRule rule{.protocol = Protocol::hf_strided, .window = 4, .stride = 2, .bos = true};
  CHECK(shown(rule, 6) == Lines{"p 0-3 > 0", "1-5 > 3", "3-6 > 5"});
}

TEST_CASE("llamacpp: the second half of each full chunk") {
  const WindowRule rule{.protocol = Protocol::llamacpp, .window = 8, .stride = 0, .bos = false};
  CHECK(shown(rule, 20) == Lines{"0-8 > 5", "8-16 > 13"});
  CHECK(shown(rule, 16) == Lines{"0-8 > 5", "8-16 > 13"});
  CHECK(shown(rule, 15).empty());  // llama-perplexity wants two chunks
}

TEST_CASE("llamacpp with BOS: it replaces the first token of every chunk but the first, where it is added") {
  const WindowRule rule{.protocol = Protocol::llamacpp, .window = 8, .stride = 0, .bos = true};
  CHECK(shown(rule, 20) == Lines{"p 0-7 > 4", "p 8-15 > 12"});
  CHECK(shown(rule, 15) == Lines{"p 0-7 > 4", "p 8-15 > 12"});
  CHECK(shown(rule, 14).empty());
}

// get_rolling_token_windows(tokens, prefix, max_seq_len, context_len = 1), with token i for token number i
// and -1 for the prefix; then what make_disjoint_window and the model's call make of it.
std::vector<std::pair<std::vector<int64_t>, std::vector<int64_t>>> lm_eval_loop(int64_t count, int64_t length) {
  const auto range = [](int64_t from, int64_t to) {
    std::vector<int64_t> ids;
    for (int64_t i = from; i < to; ++i) ids.push_back(i);
    return ids;
  };
  std::vector<std::pair<std::vector<int64_t>, std::vector<int64_t>>> windows;
  if (count == 0) return windows;
  const int64_t first = std::min(length, count);
  std::vector<int64_t> input = range(0, first - 1);
  input.insert(input.begin(), -1);
  windows.emplace_back(input, range(0, first));
  for (int64_t predicted = first; predicted < count;) {
    const int64_t scored = std::min(count - predicted, length), end = predicted + scored;
    windows.emplace_back(range(end - length - 1, end - 1), range(end - scored, end));
    predicted += scored;
  }
  return windows;
}

TEST_CASE("lm-eval equals its reference loop for every length") {
  for (int64_t length = 2; length <= 7; ++length) {
    for (int64_t count = 0; count <= 30; ++count) {
      const auto reference = lm_eval_loop(count, length);
      const auto windows = plan({.protocol = Protocol::lm_eval, .window = length, .stride = 0, .bos = false}, count);
      REQUIRE(windows.size() == reference.size());
      for (size_t i = 0; i < windows.size(); ++i) {
        std::vector<int64_t> fed, scored;
        if (windows[i].prefix) fed.push_back(-1);
        for (int64_t t = windows[i].from; t < windows[i].to - 1; ++t) fed.push_back(t);
        for (int64_t t = windows[i].score_from; t < windows[i].to; ++t) scored.push_back(t);
        CHECK(fed == reference[i].first);
        CHECK(scored == reference[i].second);
      }
    }
  }
}

struct HfStep {
  int64_t from, to;
  std::vector<int64_t> labels;  // that take part in the loss, after the shift
  int64_t counted;              // num_loss_tokens
  bool operator==(const HfStep&) const = default;
};

// The loop of "Perplexity of fixed-length models", labels and all.
std::vector<HfStep> hf_loop(int64_t count, int64_t length, int64_t stride) {
  std::vector<HfStep> steps;
  int64_t prev_end = 0;
  for (int64_t begin = 0; begin < count; begin += stride) {
    const int64_t end = std::min(begin + length, count), trg_len = end - prev_end, size = end - begin;
    std::vector<bool> valid(static_cast<size_t>(size), true);
    for (int64_t i = 0; i < size - trg_len; ++i) valid[static_cast<size_t>(i)] = false;
    HfStep step{begin, end, {}, -1};
    for (const bool v : valid) step.counted += v;
    for (int64_t i = 1; i < size; ++i)
      if (valid[static_cast<size_t>(i)]) step.labels.push_back(begin + i);
    steps.push_back(step);
    prev_end = end;
    if (end == count) break;
  }
  return steps;
}

TEST_CASE("hf-strided equals its reference loop for every length and stride") {
  for (int64_t length = 2; length <= 7; ++length) {
    for (int64_t stride = 1; stride <= length; ++stride) {
      for (int64_t count = 0; count <= 25; ++count) {
        const WindowRule rule{.protocol = Protocol::hf_strided, .window = length, .stride = stride, .bos = false};
        std::vector<HfStep> steps;
        for (const Window& window : plan(rule, count)) {
          HfStep step{window.from, window.to, {}, recipe_count(rule, window.index, window.scored())};
          for (int64_t t = window.score_from; t < window.to; ++t) step.labels.push_back(t);
          steps.push_back(step);
        }
        auto reference = hf_loop(count, length, stride);
        std::erase_if(reference, [](const HfStep& step) { return step.labels.empty(); });
        CHECK((steps == reference));
      }
    }
  }
}

TEST_CASE("a stream decides each window as the whole document would, and never reads what was forgotten") {
  const WindowRule rules[] = {{.protocol = Protocol::lm_eval, .window = 5, .stride = 0, .bos = false},
                              {.protocol = Protocol::hf_strided, .window = 6, .stride = 4, .bos = false},
                              {.protocol = Protocol::hf_strided, .window = 6, .stride = 6, .bos = true},
                              {.protocol = Protocol::llamacpp, .window = 8, .stride = 0, .bos = true}};
  for (const WindowRule& rule : rules) {
    for (int64_t count = 0; count <= 40; ++count) {
      std::vector<Window> streamed;
      int64_t next = 0;
      for (int64_t known = 0; known <= count; ++known) {
        const bool at_end = known == count;
        while (const auto window = window_at(rule, next, known, at_end)) {
          CHECK(window->from >= first_token_needed(rule, next));
          streamed.push_back(*window);
          ++next;
        }
      }
      CHECK((streamed == plan(rule, count)));
    }
  }
}

TEST_CASE("rules that skip tokens or score nothing are refused") {
  CHECK_THROWS_AS(validate({.protocol = Protocol::hf_strided, .window = 8, .stride = 9, .bos = false}),
                  std::invalid_argument);
  CHECK_THROWS_AS(validate({.protocol = Protocol::hf_strided, .window = 8, .stride = 0, .bos = false}),
                  std::invalid_argument);
  CHECK_THROWS_AS(validate({.protocol = Protocol::lm_eval, .window = 1, .stride = 0, .bos = false}),
                  std::invalid_argument);
  CHECK_NOTHROW(validate({.protocol = Protocol::llamacpp, .window = 4, .stride = 0, .bos = false}));
}

TEST_CASE("protocols by name") {
  for (const Protocol protocol : {Protocol::rmt, Protocol::lm_eval, Protocol::hf_strided, Protocol::llamacpp})
    CHECK(protocol_by_name(name(protocol)) == protocol);
  CHECK(!protocol_by_name("perplexity"));
}

}  // namespace
}  // namespace rmt::lm
