#include "corpora/readers/tex_files.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <vector>

#include "corpora/error.h"

namespace rmt::corpora {

namespace fs = std::filesystem;

std::optional<std::string> path_within_root(std::string_view directory, std::string_view path) {
  if (path.starts_with('/')) return std::nullopt;
  std::vector<std::string_view> parts;
  for (std::string_view rest : {directory, path}) {
    while (!rest.empty()) {
      const size_t slash = std::min(rest.find('/'), rest.size());
      const std::string_view part = rest.substr(0, slash);
      rest.remove_prefix(std::min(slash + 1, rest.size()));
      if (part.empty() || part == ".") continue;
      if (part != "..") {
        parts.push_back(part);
      } else if (parts.empty()) {
        return std::nullopt;
      } else {
        parts.pop_back();
      }
    }
  }
  std::string joined;
  for (const std::string_view part : parts) {
    if (!joined.empty()) joined += '/';
    joined += part;
  }
  return joined;
}

std::string directory_of(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string() : std::string(path.substr(0, slash));
}

std::string TexFolder::place(const std::string& path) const {
  return root_.empty() ? path : (fs::path(root_) / path).string();
}

std::unique_ptr<ByteSource> TexFolder::open(const std::string& path) const {
  std::error_code error;
  const std::string full = place(path);
  if (!fs::is_regular_file(full, error)) return nullptr;
  const fs::path root = fs::canonical(root_.empty() ? "." : root_, error);
  const fs::path target = error ? fs::path() : fs::canonical(full, error);
  if (error) throw Error(Errc::io, full + ": cannot be resolved: " + error.message());
  if (std::mismatch(root.begin(), root.end(), target.begin(), target.end()).first != root.end()) {
    throw Error(Errc::malformed, full + ": a link leads out of the document's folder, to " + target.string() +
                                     "; copy the file into the folder");
  }
  return open_file(full);
}

std::unique_ptr<ByteSource> TexPackage::open(const std::string& path) const {
  const auto member = members_.find(path);
  return member == members_.end() ? nullptr : bytes_of(member->second);
}

}  // namespace rmt::corpora
