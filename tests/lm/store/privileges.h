// Tests of permissions and of full disks mean different things to root; these tell and change that.
#pragma once

#include <string>

namespace rmt::store::test {

/// While it lives, file permissions are checked as for an ordinary user.
class WithoutPrivileges {
 public:
  WithoutPrivileges();
  ~WithoutPrivileges();
  WithoutPrivileges(const WithoutPrivileges&) = delete;
  WithoutPrivileges& operator=(const WithoutPrivileges&) = delete;

 private:
  bool was_root_;
};

/// A file system in memory, mounted on the folder while this lives. Needs root: see mounted().
class SmallDisk {
 public:
  SmallDisk(std::string folder, int kibibytes);
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool mounted() const { return mounted_; }
  void resize(int kibibytes) const;
  void make_read_only() const;

 private:
  std::string folder_;
  bool mounted_;
};

/// While it lives, no file of this process grows beyond a size; a write that would fails with EFBIG.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(long bytes);
  ~FileSizeLimit();
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  unsigned long before_;
  void (*handler_before_)(int);
};

}  // namespace rmt::store::test
