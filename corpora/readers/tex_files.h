// The files an \input can reach: a folder on disk, or the members of a package in memory. Paths are
// relative to the root and normal (no "." or ".."); nothing outside the root can be named by one.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "corpora/readers/bytes.h"

namespace rmt::corpora {

class TexFiles {
 public:
  virtual ~TexFiles() = default;
  /// Nothing when there is no such file. Throws Error(malformed) when a link leads out of the root.
  virtual std::unique_ptr<ByteSource> open(const std::string& path) const = 0;
  /// How messages name the file.
  virtual std::string place(const std::string& path) const = 0;
};

class TexFolder final : public TexFiles {
 public:
  explicit TexFolder(std::string root) : root_(std::move(root)) {}
  std::unique_ptr<ByteSource> open(const std::string& path) const override;
  std::string place(const std::string& path) const override;

 private:
  std::string root_;
};

/// Members by their normal path.
using TexMembers = std::map<std::string, std::string>;

class TexPackage final : public TexFiles {
 public:
  TexPackage(std::string name, TexMembers members) : name_(std::move(name)), members_(std::move(members)) {}
  std::unique_ptr<ByteSource> open(const std::string& path) const override;
  std::string place(const std::string& path) const override { return name_ + ":" + path; }

 private:
  std::string name_;
  TexMembers members_;
};

}  // namespace rmt::corpora
