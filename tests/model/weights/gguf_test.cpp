// The GGUF container: what is read, and every way in which a file can lie.
#include "model/weights/gguf_file.h"

#include <cmath>

#include "tests/model/weights/expect_error.h"
#include "tests/model/weights/gguf_bytes.h"
#include "tests/model/weights/temporary_folder.h"

using namespace rmt::model;
using rmt::tests::expect_error;
using rmt::tests::GgufBytes;

namespace {

constexpr uint32_t kF32 = 0, kQ4_0 = 2;
constexpr uint64_t kHuge = uint64_t{1} << 63;

void refused(Errc code, std::string_view mentions, const std::string& bytes) {
  expect_error(code, mentions, [&] { const GgufFile file(bytes, "x.gguf"); });
}

GgufBytes with_value_types() {
  GgufBytes file(0, 15);
  file.key("u8", GgufType::u8).number(uint8_t{200});
  file.key("i8", GgufType::i8).number(int8_t{-5});
  file.key("u16", GgufType::u16).number(uint16_t{60000});
  file.key("i16", GgufType::i16).number(int16_t{-300});
  file.u32("u32", 4'000'000'000u);
  file.key("i32", GgufType::i32).number(int32_t{7});
  file.f32("f32", 0.25f);
  file.key("bool", GgufType::boolean).number(uint8_t{1});
  file.string("string", "text");
  file.key("u64", GgufType::u64).number(uint64_t{5'000'000'000});
  file.key("i64", GgufType::i64).number(int64_t{9});
  file.key("f64", GgufType::f64).number(1.0 / 3);
  file.array("strings", GgufType::string, 2).text("a").text("");
  file.array("integers", GgufType::i32, 3).number(int32_t{1}).number(int32_t{-2}).number(int32_t{3});
  file.array("nested", GgufType::array, 2);
  file.type(GgufType::f32).number(uint64_t{1}).number(1.5f);
  file.type(GgufType::string).number(uint64_t{1}).text("deep");
  return file;
}

}  // namespace

TEST_CASE("gguf: every type of metadata value") {
  for (const uint32_t version : {2u, 3u}) {
    std::string bytes = with_value_types().bytes();
    bytes[4] = static_cast<char>(version);
    const GgufFile file(bytes, "x.gguf");
    const GgufMetadata& values = file.metadata();
    CHECK(values.size() == 15);
    CHECK(values.require_u32("u8") == 200);
    CHECK(values.require_u32("u16") == 60000);
    CHECK(values.require_u32("u32") == 4'000'000'000u);
    CHECK(values.require_u32("i32") == 7);
    CHECK(values.require_u32("i64") == 9);
    CHECK(values.require_number("i8") == -5);
    CHECK(values.require_number("u64") == 5e9);
    CHECK(values.require_number("f32") == 0.25);
    CHECK(values.require_number("f64") == 1.0 / 3);
    CHECK(values.find_bool("bool") == true);
    CHECK(values.require_string("string") == "text");
    CHECK(values.strings("strings") == std::vector<std::string_view>{"a", ""});
    CHECK(values.integers("integers") == std::vector<int64_t>{1, -2, 3});
    CHECK(values.contains("nested"));
    CHECK_FALSE(values.contains("none"));
    CHECK_FALSE(values.find_u32("none").has_value());
    CHECK_FALSE(values.find_string("none").has_value());
  }
}

TEST_CASE("gguf: a value of another kind is refused by name") {
  const std::string bytes = with_value_types().bytes();
  const GgufFile file(bytes, "x.gguf");
  const GgufMetadata& values = file.metadata();
  expect_error(Errc::not_found, "'none'", [&] { values.require_u32("none"); });
  expect_error(Errc::not_found, "'none'", [&] { values.strings("none"); });
  expect_error(Errc::malformed, "'string' holds string, expected an integer", [&] { values.require_u32("string"); });
  expect_error(Errc::malformed, "'i8' holds -5", [&] { values.require_u32("i8"); });
  expect_error(Errc::malformed, "'u64' holds 5000000000", [&] { values.require_u32("u64"); });
  expect_error(Errc::malformed, "'f32'", [&] { values.require_string("f32"); });
  expect_error(Errc::malformed, "'u8'", [&] { values.find_bool("u8"); });
  expect_error(Errc::malformed, "'u32'", [&] { values.strings("u32"); });
  expect_error(Errc::malformed, "'integers' holds an array of i32", [&] { values.strings("integers"); });
  expect_error(Errc::malformed, "'nested'", [&] { values.integers("nested"); });
  expect_error(Errc::malformed, "'strings'", [&] { values.floats("strings"); });
  const std::string odd = GgufBytes(0, 2).key("b", GgufType::boolean).number(uint8_t{2}).f32("n", NAN).bytes();
  const GgufFile odd_file(odd, "x.gguf");
  expect_error(Errc::malformed, "'b' holds byte 2", [&] { odd_file.metadata().find_bool("b"); });
  expect_error(Errc::malformed, "'n'", [&] { odd_file.metadata().find_number("n"); });
}

TEST_CASE("gguf: tensors and their data") {
  GgufBytes bytes(2, 1);
  bytes.u32("general.alignment", 64).tensor("a", {3, 2}, kF32, 0).tensor("q", {32, 1}, kQ4_0, 64).data(64 + 18, 64);
  const std::string text = bytes.bytes();
  const GgufFile file(text, "x.gguf");
  REQUIRE(file.tensors().size() == 2);
  const GgufTensor* a = file.find_tensor("a");
  REQUIRE(a != nullptr);
  CHECK(a->shape == Shape{2, 3});
  CHECK(a->type.name == "F32");
  CHECK(a->data.size() == 24);
  CHECK(static_cast<size_t>(a->data.data() - text.data()) == text.size() - 82);
  CHECK(file.find_tensor("q")->data.size() == 18);
  CHECK(file.find_tensor("b") == nullptr);
}

TEST_CASE("gguf: not a file of this kind") {
  refused(Errc::malformed, "not a GGUF file", "");
  refused(Errc::malformed, "not a GGUF file", "PK\x03\x04 something else");
  refused(Errc::unsupported, "version 1", GgufBytes(0, 0, 1).bytes());
  refused(Errc::unsupported, "version 4", GgufBytes(0, 0, 4).bytes());
  refused(Errc::unsupported, "big-endian", GgufBytes(0, 0, 0x03000000).bytes());
  expect_error(Errc::not_found, "/nowhere/x.gguf", [] { GgufFile::open("/nowhere/x.gguf"); });
}

TEST_CASE("gguf: cut anywhere, it is refused") {
  GgufBytes file(1, 2);
  file.string("general.architecture", "llama").array("a", GgufType::string, 1).text("x");
  file.tensor("t", {8}, kF32, 0).data(32);
  const std::string whole = file.bytes();
  CHECK_NOTHROW(GgufFile(whole, "x.gguf"));
  for (size_t size = 4; size < whole.size(); ++size) refused(Errc::truncated, "x.gguf", whole.substr(0, size));
}

TEST_CASE("gguf: hostile counts and lengths allocate nothing") {
  for (const uint64_t huge : {kHuge, ~uint64_t{0}, uint64_t{1} << 40, kHuge - 1}) {
    refused(Errc::truncated, "x.gguf", GgufBytes(0, huge).bytes());
    refused(Errc::truncated, "x.gguf", GgufBytes(huge, 0).bytes());
    refused(Errc::truncated, "metadata key", GgufBytes(0, 1).number(huge).bytes());
    refused(Errc::truncated, "a string", GgufBytes(0, 1).key("k", GgufType::string).number(huge).bytes());
    refused(Errc::truncated, "an array", GgufBytes(0, 1).array("k", GgufType::u8, huge).bytes());
    refused(Errc::truncated, "an array", GgufBytes(0, 1).array("k", GgufType::f64, huge).bytes());
    refused(Errc::truncated, "an array", GgufBytes(0, 1).array("k", GgufType::string, huge).bytes());
    refused(Errc::truncated, "an array", GgufBytes(0, 1).array("k", GgufType::array, huge).bytes());
    refused(Errc::truncated, "tensor's name", GgufBytes(1, 0).number(huge).bytes());
    refused(Errc::malformed, "'t'", GgufBytes(1, 0).tensor("t", {huge, huge}, kF32, 0).data(64).bytes());
    refused(Errc::truncated, "'t'", GgufBytes(1, 0).tensor("t", {8}, kF32, huge & ~uint64_t{31}).data(64).bytes());
  }
}

TEST_CASE("gguf: shapes, offsets and types that cannot be") {
  const uint64_t big = uint64_t{1} << 32;
  refused(Errc::malformed, "impossible shape", GgufBytes(1, 0).tensor("t", {big, big}, kF32, 0).data(64).bytes());
  refused(Errc::malformed, "impossible shape", GgufBytes(1, 0).tensor("t", {0, big, big}, kF32, 0).data(64).bytes());
  refused(Errc::truncated, "'t'", GgufBytes(1, 0).tensor("t", {17}, kF32, 0).data(64).bytes());
  refused(Errc::truncated, "'t'", GgufBytes(1, 0).tensor("t", {16}, kF32, 32).data(64).bytes());
  refused(Errc::malformed, "no multiple of 32", GgufBytes(1, 0).tensor("t", {1}, kF32, 8).data(64).bytes());
  refused(Errc::malformed, "whole blocks of Q4_0", GgufBytes(1, 0).tensor("t", {16, 2}, kQ4_0, 0).data(64).bytes());
  refused(Errc::malformed, "whole blocks of Q4_0", GgufBytes(1, 0).tensor("t", {}, kQ4_0, 0).data(64).bytes());
  refused(Errc::malformed, "5 dimensions", GgufBytes(1, 0).tensor("t", {1, 1, 1, 1, 1}, kF32, 0).data(64).bytes());
  refused(Errc::unsupported, "type number 99", GgufBytes(1, 0).tensor("t", {1}, 99, 0).data(64).bytes());
  for (const uint32_t alignment : {0u, 3u, 48u})
    refused(Errc::malformed, "power of two", GgufBytes(0, 1).u32("general.alignment", alignment).bytes());
  refused(Errc::truncated, "'t'",
          GgufBytes(1, 1).u32("general.alignment", 1u << 31).tensor("t", {1}, kF32, 0).data(64).bytes());
  refused(Errc::malformed, "value type 13", GgufBytes(0, 1).text("k").number(uint32_t{13}).bytes());
}

TEST_CASE("gguf: names that come twice, or not at all") {
  refused(Errc::malformed, "'k' appears twice", GgufBytes(0, 2).u32("k", 1).u32("k", 2).bytes());
  refused(Errc::malformed, "'t' appears twice",
          GgufBytes(2, 0).tensor("t", {1}, kF32, 0).tensor("t", {1}, kF32, 32).data(64).bytes());
  refused(Errc::malformed, "empty metadata key", GgufBytes(0, 1).u32("", 1).bytes());
}

TEST_CASE("gguf: arrays may nest, within reason") {
  const auto nested = [](int depth) {
    GgufBytes file(0, 1);
    file.key("k", GgufType::array);
    for (int i = 1; i < depth; ++i) file.type(GgufType::array).number(uint64_t{1});
    file.type(GgufType::u8).number(uint64_t{0});
    return file.bytes();
  };
  const std::string deep = nested(4);
  CHECK_NOTHROW(GgufFile(deep, "x.gguf"));
  refused(Errc::malformed, "nested more than", nested(5));
  refused(Errc::malformed, "nested more than", nested(100000));
}

TEST_CASE("gguf: a message shows no unprintable and no endless name") {
  const std::string key = std::string(1000, 'k') + "\x1b[2J";
  std::string message;
  try {
    const GgufFile file(GgufBytes(0, 2).u32(key, 1).u32(key, 2).bytes(), "x.gguf");
  } catch (const Error& error) {
    message = error.what();
  }
  CHECK(message.find("kkkk") != std::string::npos);
  CHECK(message.find('\x1b') == std::string::npos);
  CHECK(message.size() < 200);
}
