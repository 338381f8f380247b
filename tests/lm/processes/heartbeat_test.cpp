// Who is missed, and when: on a store in memory.
#include "lm/processes/heartbeat.h"

#include <optional>
#include <torch/csrc/distributed/c10d/HashStore.hpp>

#include "tests/support/doctest.h"

namespace rmt::tests {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kPatience = 1500ms;

TEST_CASE("a process is missed when it was silent for so long, and not before") {
  const auto store = c10::make_intrusive<c10d::HashStore>();
  const lm::Heartbeat mine(store, 0, 2, kPatience);
  std::optional<lm::Heartbeat> other(std::in_place, store, 1, 2, kPatience);
  std::this_thread::sleep_for(kPatience + kPatience / 4);
  CHECK(mine.missed().empty());
  CHECK(other->missed().empty());
  other.reset();
  CHECK(mine.missed().empty());
  std::this_thread::sleep_for(kPatience + kPatience / 4);
  CHECK(mine.missed() == "process 1 has not been heard of for 2 s");
}

class StoreThatGoes final : public c10d::HashStore {
 public:
  std::vector<std::vector<uint8_t>> multiGet(const std::vector<std::string>&) override {
    throw std::runtime_error("gone");
  }
};

TEST_CASE("without an answer of the store it is the store that is missed") {
  const lm::Heartbeat mine(c10::make_intrusive<StoreThatGoes>(), 0, 2, 300ms);
  CHECK(mine.missed().empty());
  std::this_thread::sleep_for(500ms);
  CHECK(mine.missed().starts_with("the store through which the processes know of each other has not answered"));
}

}  // namespace
}  // namespace rmt::tests
