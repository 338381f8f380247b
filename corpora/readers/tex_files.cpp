#include "corpora/readers/tex_files.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "corpora/error.h"

namespace rmt::corpora {

namespace fs = std::filesystem;

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
