#include "lm/store/writer_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "lm/store/error.h"

namespace rmt::store {
namespace {

constexpr size_t kMaxHolder = 400;  // bytes of the holder's description

// Another user may have written the file: only printable characters reach the terminal.
std::string printable(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

// "process 4711 on host: rmt-lm eval …"
std::string describe_this_process() {
  char host[256] = {};
  gethostname(host, sizeof host - 1);
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  const std::string command{std::istreambuf_iterator<char>(file), {}};
  std::string text = "process " + std::to_string(getpid()) + " on " + host;
  if (!command.empty()) text += ": " + command;
  return printable(text.substr(0, kMaxHolder));
}

std::string read_holder(int descriptor) {
  char text[kMaxHolder];
  const ssize_t count = pread(descriptor, text, sizeof text, 0);
  return count > 0 ? printable({text, static_cast<size_t>(count)}) : "another process";
}

// Best effort: the lock is the flock, the text only names its holder.
void write_holder(int descriptor) {
  const std::string text = describe_this_process() + "\n";
  if (ftruncate(descriptor, 0) == 0 && pwrite(descriptor, text.data(), text.size(), 0) < 0) return;
}

int open_lock_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor >= 0) return descriptor;
  const int reason = errno;
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const std::string what = path + ": the lock file cannot be made: " + std::generic_category().message(reason);
  switch (reason) {
    case ENOSPC:
    case EDQUOT: throw Error(Errc::disk_full, what + ". Free some space and run again.");
    case ENOENT:
      throw Error(Errc::io, what + ". Make the folder first (mkdir -p " + folder + "), or give another --db.");
    default:
      throw Error(Errc::io, what + ". A database is written beside its lock and log files: make " + folder +
                                " writable, or give a --db in another folder.");
  }
}

// Whether the name still leads to the file behind the descriptor: the last holder may have removed it
// between our open and our lock.
bool still_named(const std::string& path, int descriptor) {
  struct stat named {};
  struct stat held {};
  return stat(path.c_str(), &named) == 0 && fstat(descriptor, &held) == 0 && named.st_dev == held.st_dev &&
         named.st_ino == held.st_ino;
}

}  // namespace

WriterLock::WriterLock(const std::string& database_path)
    : path_(std::filesystem::weakly_canonical(database_path).string() + "-lock") {
  while (true) {
    descriptor_ = open_lock_file(path_);
    if (flock(descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
      const std::string holder = read_holder(descriptor_);
      ::close(descriptor_);
      throw Error(Errc::busy,
                  database_path + ": in use for writing by " + holder + ". Wait for it to end, or give another --db.");
    }
    // A file system without flock leaves SQLite's own locks, which suffice for a single transaction.
    if (still_named(path_, descriptor_)) break;
    ::close(descriptor_);
  }
  write_holder(descriptor_);
}

WriterLock::~WriterLock() {
  unlink(path_.c_str());  // while it is still locked: see still_named()
  ::close(descriptor_);
}

}  // namespace rmt::store
