#include "lm/train/train_checkpoint.h"

#include <fmt/format.h>

#include <toml++/toml.h>
#include <algorithm>
#include <filesystem>
#include <vector>

#include "model/error.h"
#include "model/weights/atomic_file.h"
#include "model/weights/mapped_file.h"
#include "model/weights/safetensors.h"

namespace rmt::lm {

namespace fs = std::filesystem;

namespace {

using model::Errc;
using model::Error;

constexpr char kOptimizer[] = "optimizer.safetensors", kTraining[] = "training.toml", kPrefix[] = "step-";

std::vector<fs::path> checkpoints(const std::string& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    const bool numbered = name.starts_with(kPrefix) && name.size() > 5 && name.size() < 20 &&
                          name.find_first_not_of("0123456789", 5) == std::string::npos;
    if (numbered && fs::exists(entry.path() / kTraining)) found.push_back(entry.path());
  }
  const auto number = [](const fs::path& path) { return std::stoll(path.filename().string().substr(5)); };
  std::sort(found.begin(), found.end(), [&](const auto& a, const auto& b) { return number(a) < number(b); });
  return found;
}

void write_training(const fs::path& path, const Position& at, const std::string& fingerprint) {
  model::AtomicFile file(path.string());
  file.write(
      fmt::format("# Where this run stands. rmt-lm train --resume goes on from here.\n"
                  "format = 1\nrecipe = \"{}\"\nstage = {}\nstep = {}\ntotal = {}\n",
                  fingerprint, at.stage, at.step, at.total));
  file.commit();
}

toml::table read_training(const std::string& where) try {
  toml::table table = toml::parse(model::read_text_file(where, size_t{1} << 16), where);
  if (table["format"].value<int64_t>() != 1)
    throw Error(Errc::malformed, where + ": written by another version of rmt-lm");
  return table;
} catch (const toml::parse_error& error) {
  throw Error(Errc::malformed, where + ": " + std::string(error.description()));
}

int64_t integer(const toml::table& table, const char* key, const std::string& where) {
  const auto value = table[key].value<int64_t>();
  if (!value || *value < 0) throw Error(Errc::malformed, where + ": \"" + key + "\" must be a number from 0 on");
  return *value;
}

}  // namespace

std::string write_checkpoint(const std::string& folder, const Learner& learner, const AdamW& optimizer,
                             const Position& at, const std::string& fingerprint, int64_t keep) try {
  const fs::path path = fs::path(folder) / fmt::format("{}{:06}", kPrefix, at.total);
  const fs::path partial = path.string() + ".partial";
  fs::remove_all(partial);
  fs::create_directories(partial);
  try {
    learner.save(partial.string());
    model::save_safetensors((partial / kOptimizer).string(), optimizer.state());
    write_training(partial / kTraining, at, fingerprint);
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(partial, ignored);
    throw;
  }
  fs::remove_all(path);
  fs::rename(partial, path);
  model::sync_folder_of(path.string());  // before an older checkpoint goes
  auto all = checkpoints(folder);
  for (size_t i = 0; i + static_cast<size_t>(keep) < all.size(); ++i) fs::remove_all(all[i]);
  return path.string();
} catch (const fs::filesystem_error& error) {
  throw Error(Errc::io, std::string("cannot write a checkpoint: ") + error.what());
}

std::optional<std::string> newest_checkpoint(const std::string& folder) {
  const auto all = checkpoints(folder);
  if (all.empty()) return std::nullopt;
  return all.back().string();
}

std::string checkpoint_fingerprint(const std::string& path) {
  return read_training(fs::path(path) / kTraining)["recipe"].value_or(std::string());
}

Position read_checkpoint(const std::string& path, Learner& learner, AdamW& optimizer, const std::string& fingerprint) {
  if (checkpoint_fingerprint(path) != fingerprint)
    throw Error(Errc::mismatch, path +
                                    ": this checkpoint was made by another recipe. Resume with that one, or give "
                                    "this recipe another output folder");
  const std::string where = (fs::path(path) / kTraining).string();
  const toml::table table = read_training(where);
  const Position at{integer(table, "stage", where), integer(table, "step", where), integer(table, "total", where)};
  learner.load(path);
  const std::string file = (fs::path(path) / kOptimizer).string();
  const model::MappedFile mapped(file);
  optimizer.restore(model::read_safetensors(mapped.bytes(), file).tensors);
  return at;
}

}  // namespace rmt::lm
