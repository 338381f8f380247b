#include <zstd.h>
#include <zstd_errors.h>

#include <array>
#include <new>

#include "corpora/error.h"
#include "corpora/readers/compressed.h"

namespace rmt::corpora {

namespace {

constexpr int kMaxWindowLog = 27;  // 128 MiB: what `zstd` itself accepts without being asked

struct FreeContext {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

class ZstdBytes final : public ByteSource {
 public:
  ZstdBytes(std::unique_ptr<ByteSource> from, std::string name)
      : from_(std::move(from)), name_(std::move(name)), context_(ZSTD_createDCtx()) {
    if (!context_) throw std::bad_alloc();
    ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, kMaxWindowLog);
  }

  size_t read(std::span<char> to) override {
    ZSTD_outBuffer out{to.data(), to.size(), 0};
    while (out.pos == 0 && out.size > 0) {
      if (pending_.pos == pending_.size && !refill()) {
        if (!inside_frame_ && taken_ > 0) return 0;
        throw Error(Errc::truncated, name_ + ": the zstd data ends too early, after " + std::to_string(taken_) +
                                         " bytes; fetch or copy the file again");
      }
      step(out);
    }
    return out.pos;
  }

 private:
  bool refill() {
    pending_ = {input_.data(), from_->read(input_), 0};
    taken_ += static_cast<int64_t>(pending_.size);
    return pending_.size > 0;
  }

  void step(ZSTD_outBuffer& out) {
    const size_t status = ZSTD_decompressStream(context_.get(), &out, &pending_);
    if (ZSTD_isError(status)) fail(status);
    inside_frame_ = status != 0;  // zstd keeps a byte of input back until all of a frame is given out
  }

  [[noreturn]] void fail(size_t status) const {
    if (ZSTD_getErrorCode(status) == ZSTD_error_frameParameter_windowTooLarge) {
      throw Error(Errc::unsupported, name_ + ": its zstd window is larger than 128 MiB; recompress it with " +
                                         "`zstd -d --long=31 -c FILE | zstd -o NEW`");
    }
    throw Error(Errc::malformed, name_ + ": damaged zstd data near byte " +
                                     std::to_string(taken_ - static_cast<int64_t>(pending_.size - pending_.pos)) +
                                     " (" + ZSTD_getErrorName(status) + "); fetch or copy the file again");
  }

  std::unique_ptr<ByteSource> from_;
  std::string name_;
  std::unique_ptr<ZSTD_DCtx, FreeContext> context_;
  std::array<char, kChunkBytes> input_;
  ZSTD_inBuffer pending_{nullptr, 0, 0};
  bool inside_frame_ = false;
  int64_t taken_ = 0;  // compressed bytes
};

}  // namespace

std::unique_ptr<ByteSource> unzstd(std::unique_ptr<ByteSource> from, std::string name) {
  return std::make_unique<ZstdBytes>(std::move(from), std::move(name));
}

}  // namespace rmt::corpora
