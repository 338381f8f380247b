#include "prover/backends/process_tree.h"

#include <unistd.h>

#include <charconv>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>

namespace rmt::prover {
namespace {

std::optional<pid_t> as_pid(const std::string& name) {
  pid_t pid = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return pid;
}

/// From /proc/PID/stat: `pid (name) state parent …`, where the name may hold anything.
std::optional<pid_t> parent_of(const std::filesystem::path& process) {
  std::ifstream file(process / "stat");
  std::string line;
  if (!std::getline(file, line, '\0')) return std::nullopt;
  const size_t name_end = line.rfind(") ");
  if (name_end == std::string::npos || name_end + 4 >= line.size()) return std::nullopt;
  const size_t from = name_end + 4;  // past the state, one letter
  return as_pid(line.substr(from, line.find(' ', from) - from));
}

std::multimap<pid_t, pid_t> children_by_parent() {
  std::multimap<pid_t, pid_t> children;
  std::error_code error;
  for (std::filesystem::directory_iterator entry("/proc", error), end; !error && entry != end; entry.increment(error)) {
    const auto pid = as_pid(entry->path().filename().string());
    if (!pid) continue;
    if (const auto parent = parent_of(entry->path())) children.emplace(*parent, *pid);
  }
  return children;
}

}  // namespace

std::vector<pid_t> process_tree(pid_t root) {
  const auto children = children_by_parent();
  std::vector<pid_t> tree{root};
  for (size_t at = 0; at < tree.size(); ++at) {
    const auto [begin, end] = children.equal_range(tree[at]);
    for (auto child = begin; child != end; ++child) tree.push_back(child->second);
  }
  return tree;
}

uint64_t resident_bytes(const std::vector<pid_t>& processes) {
  const auto page = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  uint64_t pages = 0;
  for (const pid_t process : processes) {
    std::ifstream file("/proc/" + std::to_string(process) + "/statm");
    uint64_t size = 0, resident = 0;
    if (file >> size >> resident) pages += resident;
  }
  return pages * page;
}

void kill_tree(pid_t root) {
  // Stopped first, parents before children, so that nobody has time to start another; seen twice for those who had.
  for (int round = 0; round < 2; ++round)
    for (const pid_t process : process_tree(root)) kill(process, SIGSTOP);
  const std::vector<pid_t> all = process_tree(root);
  kill(-root, SIGKILL);
  for (const pid_t process : all) kill(process, SIGKILL);
}

}  // namespace rmt::prover
