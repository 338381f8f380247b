#include "prover/worker/frame.h"

#include <unistd.h>

#include <array>
#include <string>
#include <thread>
#include <vector>

#include "prover/backends/descriptor.h"
#include "tests/support/doctest.h"

using rmt::prover::Descriptor;
using rmt::prover::FrameBuffer;
using rmt::prover::framed;
using rmt::prover::FrameError;
using rmt::prover::FrameTooLong;
using rmt::prover::read_frame;
using rmt::prover::write_frame;

namespace {

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    REQUIRE(pipe(ends.data()) == 0);
    out = Descriptor(ends[0]);
    in = Descriptor(ends[1]);
  }
  Descriptor out, in;
};

std::string with_length(std::initializer_list<unsigned char> length, const std::string& rest) {
  return std::string(length.begin(), length.end()) + rest;
}

}  // namespace

TEST_CASE("frames come out whole wherever the bytes are cut") {
  const std::vector<std::string> messages{"", "a", std::string(300, 'x'), std::string("\0\n", 2), "∀"};
  std::string bytes;
  for (const std::string& message : messages) bytes += framed(message);
  for (size_t cut = 0; cut <= bytes.size(); ++cut) {
    FrameBuffer buffer;
    std::vector<std::string> got;
    for (const std::string& piece : {bytes.substr(0, cut), bytes.substr(cut)}) {
      buffer.append(piece);
      while (const auto message = buffer.next()) got.push_back(*message);
    }
    REQUIRE(got == messages);
    REQUIRE(buffer.waiting() == 0);
  }
}

TEST_CASE("a length is least significant byte first") {
  CHECK(framed("abc") == with_length({3, 0, 0, 0}, "abc"));
  CHECK(framed(std::string(258, 'x')).substr(0, 4) == with_length({2, 1, 0, 0}, ""));
}

TEST_CASE("a length beyond what is allowed is refused before its bytes have come") {
  FrameBuffer buffer(100);
  buffer.append(with_length({100, 0, 0, 0}, std::string(100, 'x')));
  CHECK(buffer.next() == std::string(100, 'x'));
  buffer.append(with_length({101, 0, 0, 0}, ""));
  CHECK_THROWS_AS(buffer.next(), FrameTooLong);

  FrameBuffer lied_to;
  lied_to.append(with_length({255, 255, 255, 255}, "x"));
  CHECK_THROWS_WITH_AS(lied_to.next(), "a frame of 4294967295 bytes, where at most 67108864 are allowed", FrameTooLong);
}

TEST_CASE("a message too long for any reader is not sent") {
  CHECK_THROWS_AS(framed(std::string(rmt::prover::kLongestFrame + 1, 'x')), FrameTooLong);
}

TEST_CASE("a pipe's end between frames is the end, within one it is an error") {
  for (const size_t cut : {size_t{0}, size_t{1}, size_t{3}, size_t{6}}) {
    CAPTURE(cut);
    Pipe pipe;
    REQUIRE(write_frame(pipe.in.get(), "first"));
    const std::string next = framed("next").substr(0, cut);
    REQUIRE(write(pipe.in.get(), next.data(), next.size()) == static_cast<ssize_t>(next.size()));
    pipe.in.reset();
    FrameBuffer buffer;
    CHECK(read_frame(pipe.out.get(), buffer) == "first");
    if (cut == 0) {
      CHECK_FALSE(read_frame(pipe.out.get(), buffer));
    } else {
      CHECK_THROWS_AS(read_frame(pipe.out.get(), buffer), FrameError);
    }
  }
}

TEST_CASE("a message larger than the pipe goes through") {
  Pipe pipe;
  const std::string large(1 << 20, 'z');
  std::thread writer([&] { write_frame(pipe.in.get(), large); });
  FrameBuffer buffer;
  CHECK(read_frame(pipe.out.get(), buffer) == large);
  writer.join();
}
