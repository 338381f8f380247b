#include "corpora/tasks/grammar.h"

#include <algorithm>
#include <stdexcept>
#include <unordered_map>
#include <utility>

namespace rmt::corpora {

namespace {

bool is_punctuation(std::string_view word) {
  return word == "," || word == "." || word == ";" || word == "?";
}

std::string with_capital(std::string word) {
  char& first = word[word.front() == ' ' ? 1 : 0];
  if (first >= 'a' && first <= 'z') first = static_cast<char>(first & ~0x20);
  return word;
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (size_t at = 0; (at = line.find_first_not_of(' ', at)) != std::string_view::npos;) {
    const size_t end = std::min(line.find(' ', at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

}  // namespace

class Grammar::Parser {
 public:
  Parser(std::string_view rules, Grammar& grammar) : grammar_(grammar) {
    split(rules);
    for (size_t rule = 0; rule < bodies_.size(); ++rule) add_rule(rule);
  }

 private:
  using Words = std::vector<std::string_view>;

  // Rules by name; the words of each body together.
  void split(std::string_view rules) {
    while (!rules.empty()) {
      const size_t end = std::min(rules.find('\n'), rules.size());
      const std::string_view line = rules.substr(0, end);
      rules.remove_prefix(std::min(end + 1, rules.size()));
      Words words = words_of(line);
      if (words.empty()) continue;
      if (line.front() != ' ') {
        if (words.size() < 2 || words[1] != "=") fail("a rule that does not begin with \"name =\"", words[0]);
        if (!numbers_.emplace(words[0], bodies_.size()).second) fail("a rule that is there twice", words[0]);
        names_.push_back(words[0]);
        bodies_.emplace_back();
        words.erase(words.begin(), words.begin() + 2);
      }
      if (bodies_.empty()) fail("a line before the first rule", words[0]);
      bodies_.back().insert(bodies_.back().end(), words.begin(), words.end());
    }
    if (bodies_.empty()) throw std::invalid_argument("a grammar without rules");
  }

  void add_rule(size_t rule) {
    const auto from = static_cast<uint32_t>(grammar_.alternatives_.size());
    const Words& body = bodies_[rule];
    for (auto at = body.begin();; ++at) {
      const auto end = std::find(at, body.end(), "|");
      if (at == end) fail("an empty alternative in the rule", names_[rule]);
      add_alternatives(rule, {at, end});
      if (end == body.end()) break;
      at = end;
    }
    grammar_.rules_.push_back({from, static_cast<uint32_t>(grammar_.alternatives_.size())});
  }

  // One, or for a range of numbers one each.
  void add_alternatives(size_t rule, const Words& words) {
    const size_t dots = words.size() == 1 ? words[0].find("..") : std::string_view::npos;
    if (dots == std::string_view::npos) {
      std::vector<int32_t> symbols;
      for (const std::string_view word : words) symbols.push_back(symbol(rule, word));
      return add_alternative(symbols);
    }
    const int last = std::stoi(std::string(words[0].substr(dots + 2)));
    for (int number = std::stoi(std::string(words[0].substr(0, dots))); number <= last; ++number)
      add_alternative({word_symbol(std::to_string(number))});
  }

  void add_alternative(const std::vector<int32_t>& symbols) {
    std::vector<int32_t>& all = grammar_.symbols_;
    const auto from = static_cast<uint32_t>(all.size());
    all.insert(all.end(), symbols.begin(), symbols.end());
    grammar_.alternatives_.push_back({from, static_cast<uint32_t>(all.size())});
  }

  int32_t symbol(size_t rule, std::string_view word) {
    if (word.front() != '<') return word_symbol(std::string(word));
    const auto found = numbers_.find(word.substr(1, word.size() - 2));
    if (!word.ends_with('>') || found == numbers_.end() || found->second <= rule)
      fail("a reference that is no rule further down, " + std::string(word) + ", in the rule", names_[rule]);
    return static_cast<int32_t>(found->second);
  }

  int32_t word_symbol(const std::string& word) {
    const auto [known, fresh] = words_.emplace(word, static_cast<int32_t>(words_.size()));
    if (fresh) {
      const std::string spelling = is_punctuation(word) ? word : " " + word;
      grammar_.spellings_.push_back(spelling);
      grammar_.spellings_.push_back(with_capital(spelling));
    }
    return ~known->second;
  }

  [[noreturn]] static void fail(const std::string& what, std::string_view name) {
    throw std::invalid_argument("a grammar with " + what + " " + std::string(name));
  }

  Grammar& grammar_;
  std::vector<std::string_view> names_;
  std::vector<Words> bodies_;
  std::unordered_map<std::string_view, size_t> numbers_;
  std::unordered_map<std::string, int32_t> words_;
};

Grammar::Grammar(std::string_view rules) {
  Parser(rules, *this);
}

void Grammar::expand(size_t rule, RandomStream& random, std::vector<uint32_t>& words) const {
  const Range choices = rules_[rule];
  const Range chosen = alternatives_[choices.from + random.below(choices.to - choices.from)];
  for (uint32_t i = chosen.from; i < chosen.to; ++i) {
    if (symbols_[i] >= 0) {
      expand(static_cast<size_t>(symbols_[i]), random, words);
    } else {
      words.push_back(2 * static_cast<uint32_t>(~symbols_[i]));
    }
  }
}

void Grammar::sentence(RandomStream& random, std::vector<uint32_t>& words) const {
  const size_t first = words.size();
  expand(0, random, words);
  ++words[first];
}

std::string Grammar::spell(const std::vector<uint32_t>& words) const {
  std::string text;
  for (const uint32_t word : words) text += spellings_[word];
  return text;
}

}  // namespace rmt::corpora
