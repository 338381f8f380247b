// The sums of two processes: each on a thread of this one, with connections of its own.
#include "lm/processes/process_group.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <future>
#include <limits>
#include <mutex>
#include <stdexcept>

#include "lm/processes/error.h"
#include "lm/train/gradient_buckets.h"
#include "lm/train/shared_sums.h"
#include "tests/lm/processes/free_port.h"
#include "tests/support/doctest.h"

namespace rmt::tests {
namespace {

using namespace std::chrono_literals;

lm::ProcessPlace place(int64_t rank, uint16_t port) {
  lm::ProcessPlace place;
  place.rank = rank;
  place.count = 2;
  place.host = "127.0.0.1";
  place.port = port;
  return place;
}

std::vector<lm::Parameter> parameters(const std::vector<int64_t>& sizes) {
  std::vector<lm::Parameter> all;
  for (const int64_t size : sizes) all.push_back({"p" + std::to_string(all.size()), at::zeros({size})});
  return all;
}

void set_gradient(const lm::Parameter& parameter, double value) {
  parameter.tensor.mutable_grad() = at::full(parameter.tensor.sizes(), value);
}

std::vector<float> values(const at::Tensor& tensor) {
  const float* first = tensor.const_data_ptr<float>();
  return {first, first + tensor.numel()};
}

/// What one of two processes sees of everything they do together.
struct Seen {
  std::vector<lm::Parameter> parameters;
  lm::BatchLoss loss;
  bool any_first = false, any_none = true, alike = false, unlike = true;
  int64_t from_first = 0;
  std::string text_from_first;
  std::vector<std::vector<std::string>> gathered;
};

Seen take_part(int64_t rank, uint16_t port) {
  const auto processes = lm::join_processes(place(rank, port));
  Seen seen{parameters({2, 3, 1}), {{0.25 + static_cast<double>(rank), 2}, 3 + rank}};
  set_gradient(seen.parameters[0], rank == 0 ? 1 : 10);
  if (rank == 1) set_gradient(seen.parameters[1], 5);
  add_gradients(*processes, seen.parameters);
  add(*processes, seen.loss);
  seen.any_first = processes->any(rank == 0);
  seen.any_none = processes->any(false);
  seen.from_first = processes->number_from_first(rank == 0 ? -7 : 9);
  seen.text_from_first = processes->text_from_first(rank == 0 ? std::string("a\0b", 3) : "longer than that");
  for (const std::string& each : {std::string(rank == 0 ? "first" : "the second"), std::string()})
    seen.gathered.push_back(processes->gather(each));
  seen.alike = all_say(*processes, "the same");
  seen.unlike = all_say(*processes, rank == 0 ? "this" : "that");
  processes->wait_for_all();
  return seen;
}

TEST_CASE("two processes end with the same sums; a gradient neither has stays away") {
  const uint16_t port = free_port();
  auto other = std::async(std::launch::async, take_part, 1, port);
  const Seen mine = take_part(0, port), theirs = other.get();
  for (const Seen* seen : {&mine, &theirs}) {
    CHECK(values(seen->parameters[0].tensor.grad()) == std::vector<float>{11, 11});
    CHECK(values(seen->parameters[1].tensor.grad()) == std::vector<float>{5, 5, 5});
    CHECK(!seen->parameters[2].tensor.grad().defined());
    CHECK(seen->loss.by_segment == std::vector<double>{1.5, 4});
    CHECK(seen->loss.correct == 7);
    CHECK(seen->any_first);
    CHECK(!seen->any_none);
    CHECK(seen->from_first == -7);
    CHECK(seen->text_from_first == std::string("a\0b", 3));
    CHECK(seen->alike);
    CHECK(!seen->unlike);
  }
  CHECK(mine.gathered == std::vector<std::vector<std::string>>{{"first", "the second"}, {"", ""}});
  CHECK(theirs.gathered == std::vector<std::vector<std::string>>{{}, {}});
}

TEST_CASE("a process that leaves is missed by who waits for it") {
  const uint16_t port = free_port();
  const lm::PeerPatience patience{60s, 1s};
  auto other = std::async(std::launch::async, [&] { lm::join_processes(place(1, port), patience); });
  const auto processes = lm::join_processes(place(0, port), patience);
  try {
    processes->wait_for_all();
    CHECK(false);
  } catch (const lm::ProcessError& error) {
    CHECK(error.code() == lm::ProcessErrc::lost);
    CHECK(std::string(error.what()).starts_with("Process 0 of 2 lost another process of the run: "));
    CHECK(std::string(error.what()).find("--resume") != std::string::npos);
  }
  other.get();
}

/// What a library for a device was asked by one process. Tensors on the meta device stand for those on a GPU.
struct Asked {
  std::string invitation;
  int64_t sums = 0, looks = 0;
  bool ended = false;
};

class FakeSums final : public lm::DeviceSums {
 public:
  FakeSums(Asked& asked, int64_t looks) : asked_(asked), left_(looks) {}
  ~FakeSums() override { asked_.ended = true; }
  bool is_done() override {
    asked_.looks += 1;
    return --left_ <= 0;
  }
  void begin_sum(const at::Tensor& tensor) override {
    if (tensor.numel() == 13) throw std::runtime_error("the link is down");
    asked_.sums += 1;
    left_ = tensor.numel() == 7 ? std::numeric_limits<int64_t>::max() : 3;
  }

 private:
  Asked& asked_;
  int64_t left_;  // looks until it is done
};

lm::DeviceLibrary fake_library(Asked& asked, bool meets = true) {
  return {.name = "fake 1.0",
          .invitation = [] { return std::string("come\0in", 7); },
          .meet = [&asked, meets](const c10::Device&, const std::string& invitation, int64_t,
                                  int64_t) -> std::unique_ptr<lm::DeviceSums> {
            asked.invitation = invitation;
            if (!meets) throw std::runtime_error("two processes share a GPU");
            return std::make_unique<FakeSums>(asked, 5);
          }};
}

/// Runs `part` in both of two processes, each with a library of its own.
template <class Part>
void in_both(const lm::DeviceLibrary& first, const lm::DeviceLibrary& second, const Part& part) {
  const uint16_t port = free_port();
  const auto join = [&](int64_t rank, const lm::DeviceLibrary& library) {
    const auto processes = lm::join_processes(place(rank, port), {60s, 2s}, library);
    part(*processes);
  };
  auto other = std::async(std::launch::async, join, 1, second);
  join(0, first);
  other.get();
}

TEST_CASE("tensors on a device are added there, all others between hosts") {
  Asked first, second;
  in_both(fake_library(first), fake_library(second), [](lm::Processes& processes) {
    CHECK(processes.add_on(at::kMeta) == "gradients are added on the devices, by fake 1.0");
    at::Tensor there = at::empty({4}, at::kMeta), here = at::full({2}, 3.0);
    processes.sum(there);
    processes.sum(here);
    processes.sum(there);
    CHECK(values(here) == std::vector<float>{6, 6});
  });
  for (const Asked* asked : {&first, &second}) {
    CHECK(asked->invitation == std::string("come\0in", 7));
    CHECK(asked->sums == 2);
    CHECK(asked->looks == 5 + 3 + 3);
    CHECK(asked->ended);
  }
}

TEST_CASE("where one process cannot add on its device, none does, and all say so") {
  Asked first, second;
  std::mutex mutex;
  std::vector<std::string> said;
  const auto ask = [&](const c10::Device& device, lm::Processes& processes) {
    const std::string words = processes.add_on(device);
    const std::lock_guard lock(mutex);
    said.push_back(words);
  };
  const auto on_meta = [&](lm::Processes& processes) { ask(at::kMeta, processes); };
  const auto has = [&](const std::string& words) {
    return std::any_of(said.begin(), said.end(), [&](const std::string& s) { return s.find(words) < s.size(); });
  };
  in_both(fake_library(first), {}, on_meta);
  CHECK(said == std::vector<std::string>(2, "gradients are added through the host, by gloo: not every build has NCCL"));
  said.clear();
  in_both(fake_library(first), fake_library(second, /*meets=*/false), on_meta);
  CHECK(has("fake 1.0 failed in another process"));
  CHECK(has("fake 1.0 says: two processes share a GPU"));
  CHECK(first.ended);
  said.clear();
  in_both(fake_library(first), fake_library(second),
          [&](lm::Processes& processes) { ask(processes.rank() == 0 ? at::kMeta : at::kCPU, processes); });
  CHECK(has("not every process has a GPU"));
  CHECK(std::count(said.begin(), said.end(), "") == 1);
}

TEST_CASE("a sum on a device that never comes to its end does not hold up who waits for a lost process") {
  for (const int64_t entries : {7, 13}) {  // it waits for ever, it fails
    Asked first, second;
    const uint16_t port = free_port();
    const lm::PeerPatience patience{60s, 1s};
    auto other = std::async(std::launch::async, [&] {
      const auto processes = lm::join_processes(place(1, port), patience, fake_library(second));
      processes->add_on(at::kMeta);
    });
    const auto processes = lm::join_processes(place(0, port), patience, fake_library(first));
    processes->add_on(at::kMeta);
    at::Tensor there = at::empty({entries}, at::kMeta);
    try {
      processes->sum(there);
      CHECK(false);
    } catch (const lm::ProcessError& error) {
      CHECK(error.code() == lm::ProcessErrc::lost);
      if (entries == 13) CHECK(std::string(error.what()).find("the link is down") != std::string::npos);
    }
    CHECK(first.ended);  // before anything else of the device is touched
    other.get();
  }
}

TEST_CASE("processes that never come are not waited for without end") {
  try {
    lm::join_processes(place(0, free_port()), {1s, 1s});
    CHECK(false);
  } catch (const lm::ProcessError& error) {
    CHECK(error.code() == lm::ProcessErrc::lost);
    CHECK(std::string(error.what()).starts_with("Process 0 of 2 did not meet the others at 127.0.0.1:"));
  }
}

TEST_CASE("buckets are of the size asked for, cut through gradients, and give every entry back to its place") {
  const auto all = parameters({4, 1, 7, 2});
  float next = 0;
  for (const size_t i : {0, 2, 3}) {
    const int64_t size = all[i].tensor.numel();
    all[i].tensor.mutable_grad() = at::arange(next, next + static_cast<float>(size), at::kFloat);
    next += static_cast<float>(size);
  }
  lm::GradientBuckets buckets(all, which_have_gradients(all), 5);
  std::vector<int64_t> sizes;
  for (at::Tensor bucket = buckets.next(); bucket.defined(); bucket = buckets.next()) {
    sizes.push_back(bucket.numel());
    bucket.mul_(10);
    buckets.put_back(bucket);
  }
  CHECK(sizes == std::vector<int64_t>{5, 5, 3});
  CHECK(values(all[0].tensor.grad()) == std::vector<float>{0, 10, 20, 30});
  CHECK(!all[1].tensor.grad().defined());
  CHECK(values(all[2].tensor.grad()) == std::vector<float>{40, 50, 60, 70, 80, 90, 100});
  CHECK(values(all[3].tensor.grad()) == std::vector<float>{110, 120});
}

}  // namespace
}  // namespace rmt::tests
