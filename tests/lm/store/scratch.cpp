#include "tests/lm/store/scratch.h"

#include <sqlite3.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace rmt::store::test {

ScratchFolder::ScratchFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "rmtlm-store-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no scratch folder: " + name);
  chmod(name.c_str(), 0755);
  path_ = name;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::permissions(path_, std::filesystem::perms::owner_all, ignored);
  std::filesystem::remove_all(path_, ignored);
}

RunSpec sample_spec() {
  return {.command = "eval",
          .protocol = "rmt",
          .model = "models/reader",
          .model_sha256 = std::string(64, 'a'),
          .tokenizer_sha256 = std::string(64, 'b'),
          .config = R"({"segment_length": 512, "rmt": {"memory_tokens": 10}})",
          .device = "cpu",
          .dtype = "float32",
          .version = "0.1.0"};
}

SegmentRow sample_segment(int64_t document, int64_t index) {
  return {.document = document,
          .index = index,
          .token_from = 512 * index,
          .token_to = 512 * (index + 1),
          .byte_from = 2000 * index,
          .byte_to = 2000 * (index + 1),
          .scored_tokens = index == 0 ? 511 : 512,
          .scored_bytes = index == 0 ? 1997 : 2000,
          .nll = 1000.0 / 3.0 + static_cast<double>(index),
          .nll_reset = 1100.0 / 3.0 + static_cast<double>(index),
          .nll_head = 0.1,
          .scored_head = 31,
          .nll_head_reset = 0.2,
          .ms = 12.5};
}

DocumentRow sample_end(int64_t document, int64_t segments) {
  DocumentRow row;
  row.id = document;
  row.tokens = 512 * segments;
  row.bytes = 2000 * segments;
  row.chars = 1990 * segments;
  row.words = 300 * segments;
  return row;
}

std::optional<Errc> error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code();
  }
  return std::nullopt;
}

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const std::exception& error) {
    return error.what();
  }
  return {};
}

std::string sql(const std::string& path, const std::string& statements) {
  std::string first;
  const auto keep_first = [](void* into, int, char** values, char**) {
    auto& text = *static_cast<std::string*>(into);
    if (text.empty() && values[0] != nullptr) text = values[0];
    return 0;
  };
  sqlite3* database = nullptr;
  char* message = nullptr;
  int result = sqlite3_open(path.c_str(), &database);
  if (result == SQLITE_OK) result = sqlite3_exec(database, statements.c_str(), keep_first, &first, &message);
  const std::string reason = message != nullptr ? message : "";
  sqlite3_free(message);
  sqlite3_close(database);
  if (result != SQLITE_OK) throw std::runtime_error(path + ": " + statements + ": " + reason);
  return first;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace rmt::store::test
