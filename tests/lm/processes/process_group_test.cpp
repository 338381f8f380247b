// The sums of two processes: each on a thread of this one, with connections of its own.
#include "lm/processes/process_group.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>

#include <future>

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
