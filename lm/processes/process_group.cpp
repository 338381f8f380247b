#include "lm/processes/process_group.h"

#include <ATen/ops/empty_like.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>

#include <algorithm>
#include <thread>
#include <torch/csrc/distributed/c10d/Backend.hpp>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include "lm/processes/error.h"
#include "lm/processes/gloo_backend.h"
#include "lm/processes/heartbeat.h"

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
  ProcessGroup(const ProcessPlace& place, const PeerPatience& patience, DeviceLibrary on_devices)
      : place_(place),
        patience_(patience),
        library_(std::move(on_devices)),
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

  std::string add_on(const c10::Device& device) override {
    device_sums_.reset();
    constexpr const char* kByHost = "gradients are added through the host, by gloo";
    if (any(device.is_cpu())) return device.is_cpu() ? "" : fmt::format("{}: not every process has a GPU", kByHost);
    if (any(library_.name.empty())) return fmt::format("{}: not every build has NCCL", kByHost);
    const std::string fault = meet_on(device);
    if (!any(!fault.empty())) return fmt::format("gradients are added on the devices, by {}", library_.name);
    device_sums_.reset();
    return fmt::format("{}: {} {}", kByHost, library_.name,
                       fault.empty() ? "failed in another process" : "says: " + fault);
  }

  void sum(at::Tensor& tensor) override {
    if (tensor.is_cpu()) {
      std::vector<at::Tensor> tensors{tensor};
      finish([&] { return group_->allreduce(tensors); });
    } else if (device_sums_) {
      sum_on_device(tensor);
    } else {
      at::Tensor here = tensor.cpu();
      sum(here);
      tensor.copy_(here);
    }
  }

  std::vector<std::string> gather(const std::string& mine) override {
    const at::Tensor sizes = sizes_of_all(mine);
    std::vector<at::Tensor> sent{bytes_of(mine, sizes.max().item<int64_t>())};
    std::vector<std::vector<at::Tensor>> received;
    if (rank() == 0) {
      received.emplace_back();
      for (int64_t i = 0; i < count(); ++i) received[0].push_back(at::empty_like(sent[0]));
    }
    finish([&] { return group_->gather(received, sent); });  // to process 0
    std::vector<std::string> all;
    for (int64_t i = 0; rank() == 0 && i < count(); ++i)
      all.push_back(text_of(received[0][static_cast<size_t>(i)], sizes.const_data_ptr<int64_t>()[i]));
    return all;
  }

  std::string text_from_first(const std::string& mine) override {
    const int64_t size = number_from_first(static_cast<int64_t>(mine.size()));
    std::vector<at::Tensor> sent{bytes_of(rank() == 0 ? mine : "", size)};
    finish([&] { return group_->broadcast(sent); });  // of process 0
    return text_of(sent[0], size);
  }

 private:
  // Messages of a collective have one length: the longest, and at least a byte.
  static at::Tensor bytes_of(const std::string& text, int64_t length) {
    at::Tensor bytes = at::zeros({std::max<int64_t>(1, length)}, at::kByte);
    std::copy(text.begin(), text.end(), bytes.mutable_data_ptr<uint8_t>());
    return bytes;
  }
  static std::string text_of(const at::Tensor& bytes, int64_t length) {
    const uint8_t* first = bytes.const_data_ptr<uint8_t>();
    return {first, first + length};
  }

  at::Tensor sizes_of_all(const std::string& mine) {
    at::Tensor sizes = at::zeros({count()}, at::kLong);
    sizes.mutable_data_ptr<int64_t>()[rank()] = static_cast<int64_t>(mine.size());
    sum(sizes);
    return sizes;
  }

  // What went wrong; empty: the processes have met. All take part, whatever happens to one.
  std::string meet_on(const c10::Device& device) {
    std::string invitation, fault;
    try {
      if (rank() == 0) invitation = library_.invitation();
    } catch (const std::exception& error) {
      fault = short_reason(error);
    }
    invitation = text_from_first(invitation);
    if (invitation.empty()) return fault.empty() ? "process 0 could not invite the others" : fault;
    try {
      device_sums_ = library_.meet(device, invitation, rank(), count());
      if (!wait_for(*device_sums_, patience_.to_start)) return "the others were not met in time";
    } catch (const ProcessError&) {
      throw;
    } catch (const std::exception& error) {
      return short_reason(error);
    }
    return {};
  }

  void sum_on_device(const at::Tensor& tensor) {
    try {
      device_sums_->begin_sum(tensor);
      wait_for(*device_sums_, std::chrono::hours(24 * 365));
    } catch (const ProcessError&) {
      throw;
    } catch (const std::exception& error) {
      throw lost(short_reason(error));
    }
  }

  // Whether it was done in time. Most is done within a millisecond; what takes longer is looked at less often.
  bool wait_for(DeviceSums& sums, milliseconds at_most) {
    using Clock = std::chrono::steady_clock;
    constexpr std::chrono::microseconds kShortest(20), kLongest(5000);
    const Clock::time_point end = Clock::now() + at_most;
    for (auto pause = kShortest; !sums.is_done(); pause = std::min(2 * pause, kLongest)) {
      if (const std::string missed = heartbeat_->missed(); !missed.empty()) throw lost(missed);
      if (Clock::now() > end) return false;
      std::this_thread::sleep_for(pause);
    }
    return true;
  }

  template <class Begin>
  void finish(const Begin& begin) {
    try {
      wait_for(*begin());
    } catch (const ProcessError&) {
      throw;
    } catch (const std::exception& error) {
      throw lost(short_reason(error));
    }
  }

  void wait_for(c10d::Work& work) {
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

  ProcessError lost(const std::string& why) {
    lost_ = true;
    device_sums_.reset();  // or what is freed on the way out would wait for a device that waits for the lost one
    return {ProcessErrc::lost,
            fmt::format("Process {} of {} lost another process of the run: {}. Look for that process's own message, "
                        "then start all of them again; --resume goes on from what was saved last.",
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
  const DeviceLibrary library_;
  c10::intrusive_ptr<c10d::Store> store_;
  c10::intrusive_ptr<c10d::Backend> group_;
  std::unique_ptr<Heartbeat> heartbeat_;
  std::unique_ptr<DeviceSums> device_sums_;  // none: tensors on devices go through the host
  bool lost_ = false;
};

}  // namespace

std::unique_ptr<Processes> join_processes(const ProcessPlace& place, const PeerPatience& patience,
                                          const DeviceLibrary& on_devices) {
  if (place.count == 1) return single_process();
  try {
    return std::make_unique<ProcessGroup>(place, patience, on_devices);
  } catch (const std::exception& error) {
    throw ProcessError(
        ProcessErrc::lost,
        fmt::format("Process {} of {} did not meet the others at {}:{}: {}. Are all of them started, with "
                    "the same MASTER_ADDR, and is the port free (MASTER_PORT names another)?",
                    place.rank, place.count, place.host, place.port, short_reason(error)));
  }
}

}  // namespace rmt::lm
