#include "lm/train/process_group.h"

#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <torch/csrc/distributed/c10d/Backend.hpp>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include "lm/train/error.h"
#include "lm/train/gloo_backend.h"
#include "lm/train/gradient_buckets.h"
#include "lm/train/heartbeat.h"

namespace rmt::lm {

namespace {

using std::chrono::milliseconds;

// The first line of what a library says, without its place in the source.
std::string short_reason(const std::exception& error) {
  const auto* torch_error = dynamic_cast<const c10::Error*>(&error);
  std::string text = torch_error ? torch_error->what_without_backtrace() : error.what();
  text = text.substr(0, text.find('\n'));
  if (text.starts_with('[')) text = text.substr(std::min(text.size(), text.find("] ") + 2));
  while (!text.empty() && (text.back() == '.' || text.back() == ' ')) text.pop_back();
  return text;
}

c10::intrusive_ptr<c10d::Store> open_store(const ProcessPlace& place, const PeerPatience& patience) {
  c10d::TCPStoreOptions options;
  options.port = place.port;
  options.isServer = place.rank == 0 && !place.kept_for_us;
  options.timeout = patience.to_start;
  if (!place.kept_for_us) options.numWorkers = static_cast<size_t>(place.count);
  const auto store = c10::make_intrusive<c10d::TCPStore>(place.host, options);
  return c10::make_intrusive<c10d::PrefixStore>("rmt-lm/" + place.attempt, store);
}

class ProcessGroup final : public Processes {
 public:
  ProcessGroup(const ProcessPlace& place, const PeerPatience& patience)
      : place_(place),
        patience_(patience),
        store_(open_store(place, patience)),
        group_(connect_gloo(store_, place, patience.to_start)) {
    // Whether a process is still there is the heartbeat's to say: a step may take as long as it takes.
    group_->setTimeout(std::chrono::hours(24 * 365));
    store_->setTimeout(patience.silence);
    heartbeat_ = std::make_unique<Heartbeat>(store_, place.rank, place.count, patience.silence);
  }

  ~ProcessGroup() override {
    // The group's destructor waits for work under way, which never ends when a process has vanished.
    if (lost_) {
      static_cast<void>(group_.release());
      return;
    }
    heartbeat_.reset();
    part();
  }

  int64_t rank() const override { return place_.rank; }
  int64_t count() const override { return place_.count; }

  void add_gradients(const std::vector<Parameter>& parameters) override {
    at::Tensor there = which_have_gradients(parameters);
    sum(there);
    GradientBuckets buckets(parameters, there);
    for (at::Tensor bucket = buckets.next(); bucket.defined(); bucket = buckets.next()) {
      sum(bucket);
      buckets.put_back(bucket);
    }
  }

  void add(BatchLoss& loss) override {
    std::vector<double> all = loss.by_segment;
    all.push_back(static_cast<double>(loss.correct));
    at::Tensor sums = at::tensor(all, at::kDouble);
    sum(sums);
    const double* values = sums.const_data_ptr<double>();
    std::copy_n(values, loss.by_segment.size(), loss.by_segment.begin());
    loss.correct = std::llround(values[loss.by_segment.size()]);
  }

  bool any(bool mine) override { return sum_of(mine ? 1 : 0) > 0; }
  int64_t from_first(int64_t mine) override { return sum_of(place_.rank == 0 ? mine : 0); }
  void wait_for_all() override { sum_of(0); }

 private:
  int64_t sum_of(int64_t mine) {
    at::Tensor number = at::tensor(std::vector<int64_t>{mine}, at::kLong);
    sum(number);
    return *number.const_data_ptr<int64_t>();
  }

  void sum(at::Tensor& tensor) {
    std::vector<at::Tensor> tensors{tensor};
    try {
      finish(*group_->allreduce(tensors));
    } catch (const TrainError&) {
      throw;
    } catch (const std::exception& error) {
      throw lost(short_reason(error));
    }
  }

  void finish(c10d::Work& work) {
    constexpr milliseconds kBetweenLooks(1000);
    while (!work.isCompleted()) {
      if (const std::string missed = heartbeat_->missed(); !missed.empty()) throw lost(missed);
      try {
        work.wait(std::min(kBetweenLooks, patience_.silence / 4));
      } catch (const std::exception&) {
        // It is still under way, or failed, which is seen below.
      }
    }
    if (work.exception()) std::rethrow_exception(work.exception());
  }

  TrainError lost(const std::string& why) {
    lost_ = true;
    return {TrainErrc::peer_lost,
            fmt::format("Process {} of {} lost another process of the run: {}. Look for that process's own message, "
                        "then start all of them again with --resume, which goes on from the last checkpoint.",
                        place_.rank, place_.count, why)};
  }

  // Leaves so that nobody closes a connection from which another still reads, nor the store one still uses.
  void part() noexcept {
    try {
      all_reach("done");
      if (place_.rank > 0) store_->set(fmt::format("left/{}", place_.rank), "");
      if (place_.rank == 0 && !place_.kept_for_us) all_reach("left");
    } catch (const std::exception&) {
      // Somebody left in another way, and said why.
    }
  }

  void all_reach(const char* place) {
    store_->set(fmt::format("{}/{}", place, place_.rank), "");
    std::vector<std::string> keys;
    for (int64_t i = 0; i < place_.count; ++i) keys.push_back(fmt::format("{}/{}", place, i));
    store_->wait(keys, std::min<milliseconds>(patience_.silence, std::chrono::seconds(5)));
  }

  const ProcessPlace place_;
  const PeerPatience patience_;
  c10::intrusive_ptr<c10d::Store> store_;
  c10::intrusive_ptr<c10d::Backend> group_;
  std::unique_ptr<Heartbeat> heartbeat_;
  bool lost_ = false;
};

}  // namespace

std::unique_ptr<Processes> join_processes(const ProcessPlace& place, const PeerPatience& patience) {
  if (place.count == 1) return single_process();
  try {
    return std::make_unique<ProcessGroup>(place, patience);
  } catch (const std::exception& error) {
    throw TrainError(TrainErrc::peer_lost,
                     fmt::format("Process {} of {} did not meet the others at {}:{}: {}. Are all of them started, with "
                                 "the same MASTER_ADDR, and is the port free (MASTER_PORT names another)?",
                                 place.rank, place.count, place.host, place.port, short_reason(error)));
  }
}

}  // namespace rmt::lm
