// Columns that line up, for results printed to people.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace rmt::app {

/// Lines of cells, every column as wide as its widest; the first `left` columns and the last are
/// flush left, those between, numbers, flush right.
class Table {
 public:
  explicit Table(size_t left) : left_(left) {}
  void add(std::vector<std::string> cells) { lines_.push_back(std::move(cells)); }

  void print() const {
    std::vector<size_t> widths(lines_.front().size());
    for (const auto& line : lines_)
      for (size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
    for (const auto& line : lines_) {
      std::string text;
      for (size_t i = 0; i + 1 < line.size(); ++i)
        text += i < left_ ? fmt::format("{:<{}}  ", line[i], widths[i]) : fmt::format("{:>{}}  ", line[i], widths[i]);
      text += line.back();
      fmt::print("{}\n", text.substr(0, text.find_last_not_of(' ') + 1));
    }
  }

 private:
  size_t left_;
  std::vector<std::vector<std::string>> lines_;
};

}  // namespace rmt::app
