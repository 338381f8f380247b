#include "model/error.h"

#include <cerrno>
#include <system_error>

namespace rmt::model {

Error system_error(const std::string& path, const char* action) {
  const int code = errno;
  const bool missing = code == ENOENT || code == ENOTDIR;
  const std::string reason = std::generic_category().message(code);
  return {missing ? Errc::not_found : Errc::io, path + ": cannot " + action + ": " + reason};
}

std::string shown(std::string_view text, size_t most) {
  std::string quoted = "'";
  quoted.reserve(most + 8);
  for (const char c : text.substr(0, most)) quoted += c >= ' ' && c <= '~' ? c : '?';
  return quoted.append(text.size() > most ? "…'" : "'");
}

}  // namespace rmt::model
