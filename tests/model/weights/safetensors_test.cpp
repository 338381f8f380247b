// safetensors: against the reference implementation's bytes, and every way in which a file can lie.
#include "model/weights/safetensors.h"

#include <sys/resource.h>

#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <map>

#include "tests/model/weights/expect_error.h"
#include "tests/model/weights/temporary_folder.h"

using namespace rmt::model;
using rmt::tests::expect_error;
using rmt::tests::read_file;
using rmt::tests::TemporaryFolder;

namespace {

const std::string kDtypes = "tests/fixtures/model/weights/dtypes.safetensors";

std::string file_of(const std::string& header, size_t data_bytes = 0) {
  std::string bytes(8, '\0');
  const uint64_t length = header.size();
  std::memcpy(bytes.data(), &length, 8);
  return bytes + header + std::string(data_bytes, '\x01');
}

void refused(Errc code, std::string_view mentions, const std::string& header, size_t data_bytes = 0) {
  expect_error(code, mentions, [&] { read_safetensors(file_of(header, data_bytes), "x.safetensors"); });
}

/// No file of this process may grow beyond this, as if the disk were full.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before_) == 0);
    const rlimit limit{bytes, before_.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  void (*handler_)(int);
  rlimit before_{};
};

at::Tensor counting() {
  return at::arange(6).reshape({2, 3});
}

std::map<std::string, at::Tensor> read_dtypes() {
  std::map<std::string, at::Tensor> tensors;
  for (auto& [name, tensor] : read_safetensors(read_file(kDtypes)).tensors) tensors[name] = tensor;
  return tensors;
}

}  // namespace

TEST_CASE("safetensors: every dtype, as the reference implementation wrote it") {
  const auto tensors = read_dtypes();
  const std::map<std::string, at::Tensor> expected = {
      {"f64", counting().to(at::kDouble).div(3)},
      {"f32", counting().to(at::kDouble).div(3).to(at::kFloat)},
      {"f16", counting().to(at::kDouble).div(3).to(at::kHalf)},
      {"bf16", counting().to(at::kBFloat16).sub(2.5)},
      {"i64", counting().sub(int64_t{1} << 40)},
      {"i32", counting().sub(1 << 20).to(at::kInt)},
      {"i16", counting().sub(300).to(at::kShort)},
      {"i8", counting().sub(3).to(at::kChar)},
      {"u8", counting().add(250).to(at::kByte)},
      {"bool", counting().remainder(2).eq(0)},
      {"scalar", at::full({}, 0.5, at::kFloat)},
      {"empty", at::empty({0, 3}, at::kFloat)},
      {"ünïcode \"\\\n", at::ones({1}, at::kChar)},
  };
  REQUIRE(tensors.size() == expected.size());
  for (const auto& entry : expected) {
    const std::string& name = entry.first;
    const at::Tensor& tensor = entry.second;
    CAPTURE(name);
    REQUIRE(tensors.contains(name));
    CHECK((tensors.at(name).scalar_type() == tensor.scalar_type()));
    CHECK(at::equal(tensors.at(name), tensor));
  }
}

TEST_CASE("safetensors: written bytes are those of the reference implementation") {
  const std::string reference = read_file(kDtypes);
  SafetensorsContent content = read_safetensors(reference);
  CHECK(content.metadata == SafetensorsMetadata{{"format", "pt"}});
  CHECK(write_safetensors(content.tensors, content.metadata) == reference);
  std::reverse(content.tensors.begin(), content.tensors.end());
  CHECK(write_safetensors(content.tensors, content.metadata) == reference);
}

TEST_CASE("safetensors: strides do not change the bytes") {
  const at::Tensor rows = counting().to(at::kFloat), columns = rows.t().contiguous().t();
  REQUIRE_FALSE(columns.is_contiguous());
  CHECK(write_safetensors({{"a", rows}}) == write_safetensors({{"a", columns}}));
}

TEST_CASE("safetensors: nothing at all is a file too") {
  const SafetensorsContent content = read_safetensors(write_safetensors({}, {{"k", "v"}, {"", "ü\n\""}}));
  CHECK(content.tensors.empty());
  CHECK(content.metadata == SafetensorsMetadata{{"k", "v"}, {"", "ü\n\""}});
  CHECK(read_safetensors(file_of("{}")).tensors.empty());
}

TEST_CASE("safetensors: data that is not aligned is read all the same") {
  std::string header = R"({"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
                       R"("a":{"dtype":"F32","shape":[2],"data_offsets":[1,9]}})";
  for (int padding = 0; padding < 4; ++padding, header += ' ') {
    const SafetensorsContent content = read_safetensors(file_of(header, 9));
    REQUIRE(content.tensors.size() == 2);
    CHECK(content.tensors[1].second.sizes() == at::IntArrayRef{2});
    CHECK(content.tensors[1].second.view(at::kInt)[1].item<int>() == 0x01010101);
  }
}

TEST_CASE("safetensors: a bool of 7 is true, as 1 is") {
  std::string bytes = file_of(R"({"a":{"dtype":"BOOL","shape":[3],"data_offsets":[0,3]}})", 3);
  bytes.back() = 7;
  bytes[bytes.size() - 2] = 0;
  const at::Tensor values = read_safetensors(bytes).tensors[0].second;
  // The bytes themselves: code that believes in bools may not see another value.
  CHECK(std::string(static_cast<const char*>(values.const_data_ptr()), 3) == std::string("\1\0\1", 3));
}

TEST_CASE("safetensors: what cannot be written") {
  const at::Tensor one = at::ones({1});
  expect_error(Errc::malformed, "'a' is taken", [&] { write_safetensors({{"a", one}, {"a", one}}); });
  expect_error(Errc::malformed, "__metadata__", [&] { write_safetensors({{"__metadata__", one}}); });
  expect_error(Errc::malformed, "UTF-8", [&] { write_safetensors({{"\xff", one}}); });
  expect_error(Errc::malformed, "UTF-8", [&] { write_safetensors({{"a", one}}, {{"k", "\xc3"}}); });
  expect_error(Errc::unsupported, "ComplexFloat", [&] { write_safetensors({{"a", one.to(at::kComplexFloat)}}); });
}

TEST_CASE("safetensors: a file appears whole or not at all") {
  const TemporaryFolder folder;
  const std::string path = folder / "a.safetensors";
  save_safetensors(path, {{"a", at::ones({2})}});
  save_safetensors(path, {{"a", at::zeros({3})}}, {{"k", "v"}});
  const SafetensorsFile file(path);
  CHECK(file.header().metadata.at("k") == "v");
  CHECK(at::equal(file.load(file.header().entries.at(0)), at::zeros({3})));
  CHECK(read_file(path) == write_safetensors({{"a", at::zeros({3})}}, {{"k", "v"}}));
  // A failure in the middle leaves the old file and nothing else.
  expect_error(Errc::unsupported, "'b'", [&] { save_safetensors(path, {{"b", at::ones({1}, at::kComplexFloat)}}); });
  CHECK(read_file(path) == write_safetensors({{"a", at::zeros({3})}}, {{"k", "v"}}));
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
  expect_error(Errc::not_found, "/none/", [&] { save_safetensors(folder / "none/a.safetensors", {}); });
  expect_error(Errc::not_found, "none", [&] { SafetensorsFile(folder / "none"); });
  expect_error(Errc::io, "not a plain file", [&] { SafetensorsFile(folder.path()); });
}

TEST_CASE("safetensors: a write that the system refuses half-way leaves nothing behind") {
  const TemporaryFolder folder;
  const std::string path = folder / "a.safetensors";
  save_safetensors(path, {{"a", at::ones({2})}});
  const std::string before = read_file(path);
  {
    const FileSizeLimit limit(4096);
    expect_error(Errc::io, "cannot write", [&] { save_safetensors(path, {{"a", at::ones({100'000})}}); });
  }
  CHECK(read_file(path) == before);
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("safetensors: cut anywhere, it is refused") {
  const std::string whole = read_file(kDtypes);
  for (size_t size = 0; size < whole.size(); ++size) {
    Errc code = Errc::io;
    try {
      read_safetensors(std::string_view(whole).substr(0, size));
    } catch (const Error& error) {
      code = error.code();
    }
    REQUIRE(code == Errc::truncated);
  }
  expect_error(Errc::malformed, "1 bytes after the last tensor", [&] { read_safetensors(whole + "x"); });
}

TEST_CASE("safetensors: hostile header lengths") {
  for (const uint64_t length : {~uint64_t{0}, uint64_t{1} << 63, uint64_t{100'000'001}}) {
    std::string bytes = file_of("{}");
    std::memcpy(bytes.data(), &length, 8);
    expect_error(Errc::malformed, "100 MB", [&] { read_safetensors(bytes); });
  }
}

TEST_CASE("safetensors: headers that are not what they must be") {
  const auto tensor = [](const std::string& fields) { return "{\"a\":{" + fields + "}}"; };
  const std::string dtype = R"("dtype":"F32",)", shape = R"("shape":[2],)", offsets = R"("data_offsets":[0,8])";
  CHECK(read_safetensors(file_of(tensor(dtype + shape + offsets), 8)).tensors.size() == 1);

  refused(Errc::malformed, "does not start", " {}");
  refused(Errc::malformed, "does not start", "[]");
  refused(Errc::malformed, "does not start", "");
  refused(Errc::malformed, "parse error", "{");
  refused(Errc::malformed, "parse error", "{} x");
  refused(Errc::malformed, "a zero byte", std::string("{}\0", 3));
  refused(Errc::malformed, "parse error", "{\"\xff\":{}}");
  refused(Errc::malformed, "unexpected a number", R"({"a":1})");
  refused(Errc::malformed, "unexpected null", R"({"a":null})");
  refused(Errc::malformed, "unexpected an array", R"({"a":[)");
  refused(Errc::malformed, "'a' needs a dtype", tensor(shape + offsets), 8);
  refused(Errc::malformed, "'a' needs a dtype", tensor(dtype + offsets), 8);
  refused(Errc::malformed, "'a' needs a dtype", tensor(R"("dtype":"F32","shape":[2])"), 8);
  refused(Errc::malformed, "'a' needs a dtype", tensor(dtype + shape + R"("data_offsets":[8])"), 8);
  refused(Errc::malformed, "unexpected a number", tensor(dtype + shape + R"("data_offsets":[0,8,8])"), 8);
  refused(Errc::malformed, "twice the field 'dtype'", tensor(dtype + dtype + shape + offsets), 8);
  refused(Errc::malformed, "unknown field 'x'", tensor(dtype + shape + offsets + R"(,"x":1)"), 8);
  refused(Errc::malformed, "a negative number", tensor(dtype + R"("shape":[-2],)" + offsets), 8);
  refused(Errc::malformed, "a fraction", tensor(dtype + R"("shape":[2.0],)" + offsets), 8);
  refused(Errc::malformed, "unexpected a text", tensor(dtype + R"("shape":"2",)" + offsets), 8);
  refused(Errc::malformed, "unexpected an array", tensor(dtype + R"("shape":[[2]],)" + offsets), 8);
  refused(Errc::unsupported, "'F8_E4M3'", tensor(R"("dtype":"F8_E4M3",)" + shape + offsets), 8);
  refused(Errc::malformed, "'a' comes twice", R"({"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{}})");
  refused(Errc::malformed, "metadata 'k' comes twice", R"({"__metadata__":{"k":"1","k":"2"}})");
  refused(Errc::malformed, "unexpected a number", R"({"__metadata__":{"k":1}})");
  refused(Errc::malformed, "unexpected a text", R"({"__metadata__":"k"})");
  refused(Errc::malformed, "unexpected an array", "{\"a\":" + std::string(100000, '['));
}

TEST_CASE("safetensors: shapes and offsets that do not fit") {
  const auto tensor = [](const std::string& shape, const std::string& offsets) {
    return R"({"a":{"dtype":"F32","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}}";
  };
  refused(Errc::malformed, "do not fit", tensor("[2]", "[0,4]"), 4);
  refused(Errc::malformed, "do not fit", tensor("[2]", "[8,0]"), 8);
  refused(Errc::truncated, "promises 8 bytes", tensor("[2]", "[0,8]"), 7);
  refused(Errc::malformed, "a hole or an overlap", tensor("[2]", "[4,12]"), 12);
  refused(Errc::malformed, "impossible shape", tensor("[4294967296,4294967296]", "[0,0]"));
  refused(Errc::malformed, "impossible shape", tensor("[0,4294967296,4294967296]", "[0,0]"));
  refused(Errc::malformed, "impossible shape", tensor("[4611686018427387905]", "[0,4]"), 4);
  refused(Errc::malformed, "above 2^63", tensor("[9223372036854775808]", "[0,0]"));
  refused(Errc::malformed, "do not fit", tensor("[2]", "[18446744073709551608,0]"), 8);
  refused(Errc::malformed, "a fraction", tensor("[18446744073709551616]", "[0,0]"));
  refused(Errc::malformed, "unexpected a number", tensor("[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]", "[0,4]"), 4);
  const auto two = [](const std::string& second) {
    return R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":)" +
           second + "}}";
  };
  CHECK(read_safetensors(file_of(two("[4,8]"), 8)).tensors.size() == 2);
  refused(Errc::malformed, "overlap", two("[2,6]"), 6);
  refused(Errc::malformed, "overlap", two("[0,4]"), 4);
  refused(Errc::malformed, "hole", two("[5,9]"), 9);
  refused(Errc::malformed, "1 bytes after", two("[4,8]"), 9);
}
