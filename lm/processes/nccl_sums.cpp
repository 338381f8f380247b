// Sums by NCCL. Its own interface and not c10d's wrapper, whose watchdog ends the process by itself when another is
// lost: here nothing blocks, and who asks decides how long to wait and what to say.
#include <c10/core/Event.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>
#include <fmt/format.h>
#include <nccl.h>

#include <cstring>
#include <optional>
#include <stdexcept>

#include "lm/processes/device_sums.h"

namespace rmt::lm {

namespace {

// Calls on a communicator that does not block may be under way still: is_done() asks.
void require(ncclResult_t result, ncclComm_t communicator = nullptr) {
  if (result == ncclSuccess || result == ncclInProgress) return;
  throw std::runtime_error(fmt::format("NCCL: {} ({})", ncclGetErrorString(result), ncclGetLastError(communicator)));
}

ncclDataType_t type_of(const at::Tensor& tensor) {
  switch (tensor.scalar_type()) {
    case at::kFloat: return ncclFloat32;
    case at::kDouble: return ncclFloat64;
    case at::kLong: return ncclInt64;
    default: throw std::runtime_error(fmt::format("no sum of {} on a device", c10::toString(tensor.scalar_type())));
  }
}

class NcclSums final : public DeviceSums {
 public:
  NcclSums(const c10::Device& device, const std::string& invitation, int64_t rank, int64_t count) {
    const c10::cuda::CUDAGuard guard(device);
    ncclUniqueId id;
    if (invitation.size() != sizeof id.internal) throw std::runtime_error("an invitation that is none of NCCL's");
    std::memcpy(id.internal, invitation.data(), sizeof id.internal);
    ncclConfig_t config = NCCL_CONFIG_INITIALIZER;
    config.blocking = 0;
    require(ncclCommInitRankConfig(&communicator_, static_cast<int>(count), id, static_cast<int>(rank), &config));
  }
  // Nothing is under way, or nothing will come of it: either way the kernels that wait for others are ended.
  ~NcclSums() override {
    if (communicator_ != nullptr) ncclCommAbort(communicator_);
  }
  NcclSums(const NcclSums&) = delete;
  NcclSums& operator=(const NcclSums&) = delete;

  bool is_done() override {
    ncclResult_t state = ncclSuccess;
    require(ncclCommGetAsyncError(communicator_, &state), communicator_);
    if (state == ncclInProgress) return false;
    require(state, communicator_);
    if (!stream_) return true;
    if (!after_sum_) {  // only now the sum is in the queue
      after_sum_.emplace(c10::kCUDA);
      after_sum_->record(stream_->unwrap());
    }
    return after_sum_->query();
  }

  void begin_sum(const at::Tensor& tensor) override {
    const c10::cuda::CUDAGuard guard(tensor.device());
    if (!tensor.is_contiguous()) throw std::runtime_error("no sum of a tensor with gaps on a device");
    stream_ = c10::cuda::getCurrentCUDAStream(tensor.device().index());
    after_sum_.reset();
    void* values = tensor.mutable_data_ptr();
    require(ncclAllReduce(values, values, static_cast<size_t>(tensor.numel()), type_of(tensor), ncclSum, communicator_,
                          stream_->stream()),
            communicator_);
  }

 private:
  ncclComm_t communicator_ = nullptr;
  std::optional<c10::cuda::CUDAStream> stream_;  // of the sum begun last; none yet
  std::optional<c10::Event> after_sum_;
};

std::string version_text(int version) {
  return fmt::format("NCCL {}.{}.{}", version / 10000, version / 100 % 100, version % 100);
}

}  // namespace

DeviceLibrary device_library() {
  int version = 0;
  if (ncclGetVersion(&version) != ncclSuccess) return {};
  return {.name = version_text(version),
          .invitation =
              [] {
                ncclUniqueId id;
                require(ncclGetUniqueId(&id));
                return std::string(id.internal, sizeof id.internal);
              },
          .meet = [](const c10::Device& device, const std::string& invitation, int64_t rank, int64_t count)
              -> std::unique_ptr<DeviceSums> { return std::make_unique<NcclSums>(device, invitation, rank, count); }};
}

}  // namespace rmt::lm
