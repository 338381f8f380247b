// Whose turn it is: owners take turns, and so do the jobs of one owner.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <optional>
#include <string>

namespace rmt::engine {

class Turns {
 public:
  void add(const std::string& owner, uint64_t job);
  void remove(uint64_t job);

  /// The next job in turn of those that `may` take it; its owner, and it among its owner's jobs, come last from now on.
  std::optional<uint64_t> next(const std::function<bool(uint64_t)>& may);

 private:
  struct Owner {
    std::string name;
    std::deque<uint64_t> jobs;
  };
  std::list<Owner> owners_;
};

}  // namespace rmt::engine
