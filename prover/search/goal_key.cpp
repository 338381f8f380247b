#include "prover/search/goal_key.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "prover/source/lean_letters.h"

namespace rmt::prover {
namespace {

constexpr std::string_view kTurnstile = "⊢";
constexpr std::string_view kDeclares = " :";  // between names and their type

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Of what a name consists beyond what may be written: "h✝¹" is the second h that cannot be named any more.
bool marks_inaccessible(char32_t letter) {
  return letter == U'✝' || letter == U'¹' || letter == U'²' || letter == U'³' || letter == U'⁰' ||
         (letter >= U'⁴' && letter <= U'⁹');
}

// Bytes of the name that begins there; 0 where none does.
size_t name_length(std::string_view text, size_t begin) {
  size_t end = begin;
  while (end < text.size()) {
    const CodePoint letter = code_point_at(text, end);
    const bool fits = end == begin ? begins_identifier(letter.value)
                                   : continues_identifier(letter.value) || marks_inaccessible(letter.value);
    if (!fits) break;
    end += letter.bytes;
  }
  return end - begin;
}

/// Writes goals down with white space as one space, and names as the numbers under which they were declared.
class Key {
 public:
  void add(std::string_view goal) {
    numbers_.clear();
    bool target = false;
    for (bool first = true; !goal.empty(); first = false) {
      const size_t end = std::min(goal.find('\n'), goal.size());
      const std::string_view line = goal.substr(0, end);
      goal.remove_prefix(std::min(end + 1, goal.size()));
      if (first && line.starts_with("case ")) continue;
      target = target || line.starts_with(kTurnstile);
      if (!target && !line.empty() && !is_blank(line.front())) declare(line);
      put(line);
      put_blank();
    }
    end_goal();
  }

  std::string take() { return std::move(key_); }

 private:
  // "a b : Nat", "x : Nat := 5". A line that goes on from the one before is indented.
  void declare(std::string_view line) {
    const std::string_view names = line.substr(0, line.find(kDeclares));
    if (names.size() == line.size()) return;
    for (size_t at = 0; at < names.size();) {
      const size_t length = name_length(names, at);
      if (length > 0) numbers_.insert_or_assign(names.substr(at, length), numbers_.size());
      at += std::max<size_t>(length, 1);
    }
  }

  void put(std::string_view line) {
    for (size_t at = 0; at < line.size();) {
      if (const size_t length = name_length(line, at); length > 0) {
        put_name(line.substr(at, length));
        at += length;
      } else if (is_blank(line[at])) {
        put_blank();
        ++at;
      } else if (is_digit(line[at]) && ends_metavariable()) {
        while (at < line.size() && is_digit(line[at])) ++at;
        key_ += '_';
      } else {
        key_ += line[at++];
      }
    }
  }

  // What stands behind a dot is a field or a part of a longer name.
  void put_name(std::string_view name) {
    const auto declared = numbers_.find(name);
    if (declared == numbers_.end() || key_.ends_with('.'))
      key_ += name;
    else
      key_.append("#").append(std::to_string(declared->second));
  }

  void put_blank() {
    if (!key_.empty() && key_.back() != ' ' && key_.back() != '\n') key_ += ' ';
  }

  void end_goal() {
    if (!key_.empty() && key_.back() == ' ') key_.pop_back();
    key_ += '\n';
  }

  // "?m." and "?a✝.": Lean's counter follows.
  bool ends_metavariable() const {
    if (!key_.ends_with('.')) return false;
    const size_t question = key_.find_last_of("? ()\n", key_.size() - 2);
    return question != std::string::npos && key_[question] == '?' && question + 2 < key_.size();
  }

  std::string key_;
  std::map<std::string_view, size_t> numbers_;  // of the names that the goal declares, in their order
};

}  // namespace

std::string goal_key(const std::vector<std::string>& goals) {
  Key key;
  for (const std::string& goal : goals) key.add(goal);
  return key.take();
}

}  // namespace rmt::prover
