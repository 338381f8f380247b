#include "corpora/readers/compressed.h"

#include <random>

#include "tests/corpora/readers/files.h"

using namespace rmt::corpora;
using namespace rmt::tests;

namespace {

using Open = std::unique_ptr<ByteSource> (*)(std::unique_ptr<ByteSource>, std::string);
using Compress = std::string (*)(const std::string&);

struct Format {
  const char* name;
  Open open;
  Compress compress;
};
const Format kFormats[] = {{"gzip", gunzip, gzipped}, {"zstd", unzstd, zstd_of}};

// Several chunks that hardly compress, so that every part of the format is met.
std::string noise(size_t size) {
  std::mt19937 random(7);
  std::string text(size, ' ');
  for (char& c : text) c = static_cast<char>('a' + random() % 26);
  return text;
}

std::string unpack(const Format& format, const std::string& bytes, size_t step = 1 << 20) {
  const auto source = format.open(std::make_unique<TrickledBytes>(bytes, step), "corpus.z");
  return read_up_to(*source, SIZE_MAX / 2);
}

}  // namespace

TEST_CASE("decompression gives back the bytes, however they arrive") {
  const std::string text = noise(3 * kChunkBytes + 17), small = "a few bytes";
  for (const Format& format : kFormats) {
    CAPTURE(format.name);
    CHECK(unpack(format, format.compress(text)) == text);
    CHECK(unpack(format, format.compress("")) == "");
    for (size_t step = 1; step < 40; ++step) CHECK(unpack(format, format.compress(small), step) == small);
    CHECK(unpack(format, format.compress(small) + format.compress(text) + format.compress(small), 1000) ==
          small + text + small);
  }
}

TEST_CASE("a small output buffer loses nothing") {
  const std::string text(200'000, 'r');  // one compressed block gives many output buffers
  for (const Format& format : kFormats) {
    const auto source = format.open(bytes_of(format.compress(text)), "corpus.z");
    std::string all, piece(77, '\0');
    while (const size_t got = source->read(piece)) all.append(piece, 0, got);
    CHECK(all == text);
  }
}

TEST_CASE("compressed data cut at any place is truncated, and says where") {
  for (const Format& format : kFormats) {
    const std::string whole = format.compress("one small text, and once more: one small text");
    for (size_t size = 0; size < whole.size(); ++size) {
      CAPTURE(size);
      const Error error = error_of([&] { unpack(format, whole.substr(0, size)); });
      CHECK(error.code() == Errc::truncated);
      CHECK(contains(error.what(), "corpus.z: the " + std::string(format.name) + " data ends too early, after " +
                                       std::to_string(size) + " bytes"));
    }
  }
}

TEST_CASE("a damaged checksum is noticed") {
  std::string gzip = gzipped("some text to be damaged");
  gzip[gzip.size() - 6] ^= 1;
  const Error error = error_of([&] { unpack(kFormats[0], gzip); });
  CHECK(error.code() == Errc::malformed);
  CHECK(contains(error.what(), "corpus.z: damaged gzip data near byte "));
}

TEST_CASE("garbage after the data is refused, padding of a gzip file is not") {
  for (const Format& format : kFormats) {
    const Error error = error_of([&] { unpack(format, format.compress("x") + "garbage!"); });
    CHECK(error.code() == Errc::malformed);
  }
  CHECK(unpack(kFormats[0], gzipped("x") + std::string(5000, '\0'), 100) == "x");
}

TEST_CASE("a zstd window beyond 128 MiB is refused before it is allocated") {
  // A frame header that asks for a window of 2 GiB, and one empty last block.
  const std::string frame("\x28\xb5\x2f\xfd\x00\xa8\x01\x00\x00", 9);
  const Error error = error_of([&] { unpack(kFormats[1], frame); });
  CHECK(error.code() == Errc::unsupported);
  CHECK(contains(error.what(), "--long=31"));
}
