// Our GPU kernels: a thread block a row. What a lane does is in row_norm.h and row_nll.h.
#include <cuda_runtime.h>

#include "model/cuda/kernels.h"
#include "model/cuda/row_nll.h"
#include "model/cuda/row_norm.h"

namespace rmt::model::cuda {

namespace {

template <int kLanes>
class ThreadBlock {
 public:
  __device__ explicit ThreadBlock(void* scratch) : scratch_(scratch) {}
  __device__ int lane() const { return static_cast<int>(threadIdx.x); }
  __device__ static constexpr int lanes() { return kLanes; }
  __device__ void wait() const { __syncthreads(); }
  __device__ void* scratch() const { return scratch_; }

 private:
  void* scratch_;
};

template <int kLanes, class Delta, class Out>
__global__ void __launch_bounds__(kLanes) normalize_rows(float* x, const Delta* delta, const float* weight,
                                                         const float* bias, float eps, int64_t width, Out* out) {
  __shared__ alignas(8) char scratch[kLanes * kScratchBytes];
  ThreadBlock<kLanes> block(scratch);
  const int64_t at = static_cast<int64_t>(blockIdx.x) * width;
  normalize_row(block, x + at, delta == nullptr ? nullptr : delta + at, weight, bias, eps, width, out + at);
}

template <int kLanes>
__global__ void __launch_bounds__(kLanes) nll_rows(const float* logits, const int64_t* targets, float* nll,
                                                   int64_t vocabulary) {
  __shared__ alignas(8) char scratch[kLanes * kScratchBytes];
  ThreadBlock<kLanes> block(scratch);
  const int64_t row = blockIdx.x;
  nll_row(block, logits + row * vocabulary, vocabulary, targets[row], nll + row);
}

template <int kLanes, class Logit>
__global__ void __launch_bounds__(kLanes) softmax_gradient_rows(Logit* logits, const int64_t* targets,
                                                                const float* scale, float* losses, int64_t vocabulary) {
  __shared__ alignas(8) char scratch[kLanes * kScratchBytes];
  ThreadBlock<kLanes> block(scratch);
  const int64_t row = blockIdx.x;
  softmax_gradient_row(block, logits + row * vocabulary, vocabulary, targets[row], *scale, losses + row);
}

const char* outcome() {
  const cudaError_t error = cudaGetLastError();
  return error == cudaSuccess ? nullptr : cudaGetErrorString(error);
}

template <class Delta, class Out>
void normalize_as(const NormLaunch& norm, cudaStream_t stream) {
  constexpr int kLanes = 256;
  normalize_rows<kLanes><<<static_cast<unsigned>(norm.rows), kLanes, 0, stream>>>(
      norm.x, static_cast<const Delta*>(norm.delta), norm.weight, norm.bias, norm.eps, norm.width,
      static_cast<Out*>(norm.out));
}

}  // namespace

const char* launch_normalize(const NormLaunch& norm, void* stream) {
  const auto on = static_cast<cudaStream_t>(stream);
  if (norm.rows == 0) return nullptr;
  if (norm.delta_is_bf16)
    norm.out_is_bf16 ? normalize_as<uint16_t, uint16_t>(norm, on) : normalize_as<uint16_t, float>(norm, on);
  else
    norm.out_is_bf16 ? normalize_as<float, uint16_t>(norm, on) : normalize_as<float, float>(norm, on);
  return outcome();
}

const char* launch_token_nll(const float* logits, const int64_t* targets, float* nll, int64_t rows, int64_t vocabulary,
                             void* stream) {
  constexpr int kLanes = 1024;
  if (rows == 0) return nullptr;
  nll_rows<kLanes><<<static_cast<unsigned>(rows), kLanes, 0, static_cast<cudaStream_t>(stream)>>>(logits, targets, nll,
                                                                                                  vocabulary);
  return outcome();
}

const char* launch_softmax_gradient(void* logits, bool is_bf16, const int64_t* targets, const float* scale,
                                    float* losses, int64_t rows, int64_t vocabulary, void* stream) {
  constexpr int kLanes = 1024;
  if (rows == 0) return nullptr;
  const auto blocks = static_cast<unsigned>(rows);
  const auto on = static_cast<cudaStream_t>(stream);
  if (is_bf16)
    softmax_gradient_rows<kLanes><<<blocks, kLanes, 0, on>>>(static_cast<uint16_t*>(logits), targets, scale, losses,
                                                             vocabulary);
  else
    softmax_gradient_rows<kLanes><<<blocks, kLanes, 0, on>>>(static_cast<float*>(logits), targets, scale, losses,
                                                             vocabulary);
  return outcome();
}

}  // namespace rmt::model::cuda
