// The folders a killed run goes on from: written whole or not at all, rotated, refused when they are another's.
#include <signal.h>
#include <sys/resource.h>

#include <filesystem>

#include "lm/train/train_checkpoint.h"
#include "model/error.h"
#include "model/weights/atomic_file.h"
#include "tests/lm/train/small_training.h"
#include "tests/support/doctest.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tensors.h"

namespace rmt::tests {
namespace {

namespace fs = std::filesystem;

/// A learner and its optimizer, and a folder of checkpoints.
struct Fixture {
  std::string write(int64_t total, int64_t keep = 2) const {
    return lm::write_checkpoint(run.settings.folder, learner, optimizer, {0, total, total}, "recipe", keep);
  }
  lm::Position read(const std::string& path) { return lm::read_checkpoint(path, learner, optimizer, "recipe"); }
  std::string names() const {
    std::vector<std::string> all;
    for (const auto& entry : fs::directory_iterator(run.settings.folder))
      all.push_back(entry.path().filename().string());
    std::sort(all.begin(), all.end());
    std::string line;
    for (const std::string& name : all) line += name + " ";
    return line;
  }
  std::string newest() const { return fs::path(run.newest()).filename().string(); }

  std::string refusal(model::Errc code, const std::string& path) {
    try {
      read(path);
    } catch (const model::Error& error) {
      CHECK(error.code() == code);
      return error.what();
    }
    return "no error";
  }

  SmallTraining run;
  lm::LoadedModel opened = open_small(run.model());
  lm::DecoderLearner learner{opened, {.method = lm::Method::lora, .rank = 2, .alpha = 4}};
  lm::AdamW optimizer{learner.parameters(), {}};
};

TEST_CASE_FIXTURE(Fixture, "a checkpoint takes learner, optimizer and position back") {
  const auto take_step = [&] {
    for (const lm::Parameter& parameter : learner.parameters())
      parameter.tensor.mutable_grad() = parameter.tensor.detach().cos();
    optimizer.step(0.01);
  };
  const auto values = [&] {
    std::vector<at::Tensor> all;
    for (const lm::Parameter& parameter : learner.parameters()) all.push_back(parameter.tensor.detach().clone());
    for (const auto& [name, tensor] : optimizer.state()) all.push_back(tensor.clone());
    return all;
  };
  take_step();
  const std::vector<at::Tensor> then = values();
  const std::string path =
      lm::write_checkpoint(run.settings.folder, learner, optimizer, {1, 4, 12}, "recipe", /*keep=*/2);
  CHECK(fs::path(path).filename() == "step-000012");
  take_step();
  const lm::Position at = read(path);
  CHECK(at.stage == 1);
  CHECK(at.step == 4);
  CHECK(at.total == 12);
  const std::vector<at::Tensor> now = values();
  for (size_t i = 0; i < then.size(); ++i) CHECK(same_bits(now[i], then[i]));
}

TEST_CASE_FIXTURE(Fixture, "the newest stay, by number and not by name") {
  for (const int64_t total : {5, 999999, 1000000}) write(total);
  CHECK(names() == "step-1000000 step-999999 ");
  CHECK(newest() == "step-1000000");
  write(1000001, 1);
  CHECK(names() == "step-1000001 ");
}

TEST_CASE("a folder is flushed by the name of what lies in it; one that is not there is said to be missing") {
  const TemporaryFolder folder;
  model::sync_folder_of(folder / "anything");
  model::sync_folder_of("a-name-alone");
  try {
    model::sync_folder_of(folder / "missing/anything");
    CHECK(false);
  } catch (const model::Error& error) {
    CHECK(error.code() == model::Errc::not_found);
    CHECK(std::string(error.what()).find(folder / "missing") != std::string::npos);
  }
}

TEST_CASE_FIXTURE(Fixture, "what is not a whole checkpoint is passed over") {
  CHECK(!lm::newest_checkpoint(run.settings.folder));
  CHECK(!lm::newest_checkpoint(run.folder / "nowhere"));
  write(5);
  fs::create_directories(run.settings.folder + "/step-000009");
  for (const char* name : {"step-000010.partial", "step-", "step-12a", "step-99999999999999999999", "other"})
    write_file(run.settings.folder + "/" + name + "/training.toml", "format = 1\n");
  CHECK(newest() == "step-000005");
  write(10);  // in place of the partial one that was left behind
  CHECK(newest() == "step-000010");
  CHECK(!fs::exists(run.settings.folder + "/step-000010.partial"));
}

TEST_CASE_FIXTURE(Fixture, "a damaged or foreign one is refused, saying what is wrong") {
  const std::string path = write(7), file = path + "/training.toml", good = read_file(file);
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    write_file(file, text);
  };
  write_file(file, "format = = 1");
  CHECK(refusal(model::Errc::malformed, path).find("training.toml") != std::string::npos);
  with("format = 1", "format = 2");
  CHECK(refusal(model::Errc::malformed, path).find("another version of rmt-lm") != std::string::npos);
  with("\"recipe\"", "\"other\"");
  CHECK(refusal(model::Errc::mismatch, path).find("made by another recipe") != std::string::npos);
  with("total = 7", "total = -7");
  CHECK(refusal(model::Errc::malformed, path).find("\"total\" must be a number from 0 on") != std::string::npos);
  with("step = 7\n", "");
  CHECK(refusal(model::Errc::malformed, path).find("\"step\"") != std::string::npos);
  write_file(file, good);

  const std::string moments = path + "/optimizer.safetensors", whole = read_file(moments);
  write_file(moments, whole.substr(0, whole.size() / 2));
  CHECK_THROWS_AS(read(path), model::Error);
  fs::remove(moments);
  refusal(model::Errc::not_found, path);
  write_file(moments, whole);
  fs::remove(path + "/rmt_adapter.safetensors");
  refusal(model::Errc::not_found, path);
}

/// No file may grow beyond so many bytes while it lives; what would fails as on a full disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    signal(SIGXFSZ, handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  void (*handler_)(int);
  rlimit before_{};
};

TEST_CASE_FIXTURE(Fixture, "on a full disk the last good checkpoint stays, whole and alone") {
  const std::string good = write(5, 1);
  const auto optimizer_bytes = fs::file_size(good + "/optimizer.safetensors");
  const auto adapter_bytes = fs::file_size(good + "/rmt_adapter.safetensors");
  CHECK(optimizer_bytes > adapter_bytes);
  for (const auto bytes : {uintmax_t{100}, adapter_bytes - 1, optimizer_bytes - 1}) {
    CAPTURE(bytes);
    {
      const FileSizeLimit limit(bytes);
      bool refused = false;
      try {
        write(6, 1);
      } catch (const model::Error& error) {
        refused = error.code() == model::Errc::io;
      }
      CHECK(refused);
    }
    CHECK(names() == "step-000005 ");
    CHECK(read(good).total == 5);
  }
  CHECK(fs::path(write(6, 1)).filename() == "step-000006");
}

}  // namespace
}  // namespace rmt::tests
