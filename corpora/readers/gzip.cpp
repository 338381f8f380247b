#include <zlib.h>

#include <algorithm>
#include <array>

#include "corpora/error.h"
#include "corpora/readers/compressed.h"

namespace rmt::corpora {

namespace {

constexpr int kGzipHeaderOnly = 16 + MAX_WBITS;  // zlib's spelling of "gzip, not raw deflate or zlib"

// zlib and not libarchive's filter, which does not verify the checksum of a member.
class GzipBytes final : public ByteSource {
 public:
  GzipBytes(std::unique_ptr<ByteSource> from, std::string name) : from_(std::move(from)), name_(std::move(name)) {
    if (inflateInit2(&stream_, kGzipHeaderOnly) != Z_OK) throw std::bad_alloc();
  }
  ~GzipBytes() override { inflateEnd(&stream_); }
  GzipBytes(const GzipBytes&) = delete;
  GzipBytes& operator=(const GzipBytes&) = delete;

  size_t read(std::span<char> to) override {
    const auto room = static_cast<uInt>(std::min(to.size(), kChunkBytes));
    stream_.next_out = reinterpret_cast<Bytef*>(to.data());
    stream_.avail_out = room;
    while (room > 0 && stream_.avail_out == room) {
      if (stream_.avail_in == 0 && !refill()) {
        if (between_members_ && members_ > 0) return 0;
        throw Error(Errc::truncated, name_ + ": the gzip data ends too early, after " + std::to_string(taken_) +
                                         " bytes; fetch or copy the file again");
      }
      if (between_members_ && !begin_member()) continue;
      step();
    }
    return room - stream_.avail_out;
  }

 private:
  bool refill() {
    const size_t got = from_->read(input_);
    taken_ += static_cast<int64_t>(got);
    stream_.next_in = reinterpret_cast<Bytef*>(input_.data());
    stream_.avail_in = static_cast<uInt>(got);
    return got > 0;
  }

  // Zeros may pad the end of a file; false when only they were left in the input.
  bool begin_member() {
    while (members_ > 0 && stream_.avail_in > 0 && *stream_.next_in == 0) {
      ++stream_.next_in;
      --stream_.avail_in;
    }
    if (stream_.avail_in == 0) return false;
    inflateReset(&stream_);
    between_members_ = false;
    return true;
  }

  void step() {
    const int status = inflate(&stream_, Z_NO_FLUSH);
    if (status == Z_STREAM_END) {
      between_members_ = true;
      ++members_;
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
      const std::string what = stream_.msg ? stream_.msg : "bad data";
      throw Error(Errc::malformed, name_ + ": damaged gzip data near byte " +
                                       std::to_string(taken_ - static_cast<int64_t>(stream_.avail_in)) + " (" + what +
                                       "); fetch or copy the file again");
    }
  }

  std::unique_ptr<ByteSource> from_;
  std::string name_;
  z_stream stream_{};
  std::array<char, kChunkBytes> input_;
  bool between_members_ = true;
  int64_t members_ = 0;
  int64_t taken_ = 0;  // compressed bytes
};

}  // namespace

std::unique_ptr<ByteSource> gunzip(std::unique_ptr<ByteSource> from, std::string name) {
  return std::make_unique<GzipBytes>(std::move(from), std::move(name));
}

}  // namespace rmt::corpora
