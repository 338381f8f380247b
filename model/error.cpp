#include "model/error.h"

namespace rmt::model {

std::string shown(std::string_view text, size_t most) {
  std::string quoted = "'";
  quoted.reserve(most + 8);
  for (const char c : text.substr(0, most)) quoted += c >= ' ' && c <= '~' ? c : '?';
  return quoted.append(text.size() > most ? "…'" : "'");
}

}  // namespace rmt::model
