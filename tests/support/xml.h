// Looking into SVG that was written: whether it is well-formed, and what it holds.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace rmt::tests {

inline size_t occurrences(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

/// Enough of a parser to know that every tag is closed by its own name, and what text there is.
inline bool is_well_formed(const std::string& xml) {
  std::vector<std::string> open;
  for (size_t at = xml.find('<'); at != std::string::npos; at = xml.find('<', at + 1)) {
    const size_t end = xml.find('>', at);
    if (end == std::string::npos) return false;
    std::string tag = xml.substr(at + 1, end - at - 1);
    if (tag.empty() || tag.find('<') != std::string::npos) return false;
    if (tag.back() == '/') continue;
    const std::string name = tag.substr(0, tag.find(' '));
    if (tag[0] != '/') {
      open.push_back(name);
    } else {
      if (open.empty() || "/" + open.back() != name) return false;
      open.pop_back();
    }
  }
  return open.empty();
}

}  // namespace rmt::tests
