#include "web/server/percent.h"

#include <algorithm>

#include "corpora/readers/utf8.h"

namespace rmt::web {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

// "." and ".." name places, not things: a path that has them means another path.
bool has_dot_segment(std::string_view path) {
  while (!path.empty()) {
    const std::string_view segment = path.substr(0, path.find('/'));
    if (segment == "." || segment == "..") return true;
    path.remove_prefix(std::min(path.size(), segment.size() + 1));
  }
  return false;
}

}  // namespace

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

std::optional<std::string> decoded_path(std::string_view path) {
  if (!path.starts_with('/')) return std::nullopt;
  std::optional<std::string> decoded = percent_decoded(path);
  if (!decoded) return std::nullopt;
  // An escaped slash would make one segment look like two.
  if (std::ranges::count(*decoded, '/') != std::ranges::count(path, '/')) return std::nullopt;
  if (std::ranges::any_of(*decoded, is_control) || decoded->find('\\') != std::string::npos) return std::nullopt;
  if (has_dot_segment(*decoded)) return std::nullopt;
  if (corpora::utf8_prefix(*decoded).valid != decoded->size()) return std::nullopt;
  return decoded;
}

}  // namespace rmt::web
