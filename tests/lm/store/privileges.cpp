#include "tests/lm/store/privileges.h"

#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include <stdexcept>

namespace rmt::store::test {
namespace {

constexpr uid_t kNobody = 65534;

std::string size_option(int kibibytes) {
  return "size=" + std::to_string(kibibytes) + "k";
}

}  // namespace

WithoutPrivileges::WithoutPrivileges() : was_root_(geteuid() == 0) {
  if (was_root_ && seteuid(kNobody) != 0) throw std::runtime_error("root cannot become another user here");
}

WithoutPrivileges::~WithoutPrivileges() {
  if (was_root_ && seteuid(0) != 0) _exit(1);  // nothing after it would mean what it says
}

SmallDisk::SmallDisk(std::string folder, int kibibytes)
    : folder_(std::move(folder)),
      mounted_(mount("tmpfs", folder_.c_str(), "tmpfs", 0, size_option(kibibytes).c_str()) == 0) {}

SmallDisk::~SmallDisk() {
  if (mounted_) umount2(folder_.c_str(), MNT_DETACH);
}

void SmallDisk::resize(int kibibytes) const {
  if (mount("tmpfs", folder_.c_str(), "tmpfs", MS_REMOUNT, size_option(kibibytes).c_str()) != 0) {
    throw std::runtime_error("the small disk cannot be resized");
  }
}

void SmallDisk::make_read_only() const {
  if (mount("tmpfs", folder_.c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, "") != 0) {
    throw std::runtime_error("the small disk cannot be made read-only");
  }
}

FileSizeLimit::FileSizeLimit(long bytes) : handler_before_(signal(SIGXFSZ, SIG_IGN)) {
  rlimit limit{};
  getrlimit(RLIMIT_FSIZE, &limit);
  before_ = limit.rlim_cur;
  limit.rlim_cur = static_cast<rlim_t>(bytes);
  if (setrlimit(RLIMIT_FSIZE, &limit) != 0) throw std::runtime_error("file sizes cannot be limited here");
}

FileSizeLimit::~FileSizeLimit() {
  rlimit limit{};
  getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = before_;
  setrlimit(RLIMIT_FSIZE, &limit);
  signal(SIGXFSZ, handler_before_);
}

}  // namespace rmt::store::test
