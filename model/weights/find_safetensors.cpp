// Which files of a folder hold its weights.
#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "model/error.h"
#include "model/weights/mapped_file.h"
#include "model/weights/safetensors_weights.h"

namespace rmt::model {

namespace fs = std::filesystem;

namespace {

using Json = nlohmann::json;

/// A shard must be a plain file name: an index is data and may not choose what is opened elsewhere.
bool is_plain_name(const std::string& name) {
  return !name.empty() && name != "." && name != ".." && name.find_first_of(std::string_view("/\\\0", 3)) == name.npos;
}

Json::object_t parse_index(const std::string& path) try {
  constexpr size_t kMostBytes = size_t{32} << 20;
  return Json::parse(read_text_file(path, kMostBytes)).at("weight_map").get<Json::object_t>();
} catch (const Json::exception& error) {
  throw Error(Errc::malformed, path + ": no index of shards: " + shown(error.what(), 200));
}

std::vector<std::string> shards_of(const fs::path& folder, const std::string& index) {
  std::set<std::string> names;
  for (const auto& [tensor, shard] : parse_index(index)) {
    if (!shard.is_string() || !is_plain_name(shard.get<std::string>()))
      throw Error(Errc::malformed, index + ": the shard of tensor " + shown(tensor) + " is no plain file name");
    names.insert(shard.get<std::string>());
  }
  std::vector<std::string> paths;
  for (const std::string& name : names) {
    paths.push_back((folder / name).string());
    if (!fs::exists(paths.back()))
      throw Error(Errc::not_found, paths.back() + ": this shard of the model is missing; fetch it (" + index +
                                       " lists " + std::to_string(names.size()) + ")");
  }
  if (paths.empty()) throw Error(Errc::malformed, index + ": lists no shards");
  return paths;
}

std::string advice(const fs::path& folder) {
  for (const char* const name : {"pytorch_model.bin", "pytorch_model.bin.index.json"})
    if (fs::exists(folder / name))
      return "; its " + std::string(name) +
             " is a pickle, which can run code and is not read: convert it once with  python -c \"from transformers "
             "import AutoModelForCausalLM as M; M.from_pretrained('" +
             folder.string() + "').save_pretrained('" + folder.string() + "')\"  (AutoModel for an encoder)";
  return "; expected model.safetensors, or model.safetensors.index.json and its shards";
}

}  // namespace

std::vector<std::string> find_safetensors(const std::string& folder_path) {
  const fs::path folder(folder_path);
  const fs::path whole = folder / "model.safetensors", index = folder / "model.safetensors.index.json";
  if (fs::exists(whole)) return {whole.string()};
  if (fs::exists(index)) return shards_of(folder, index.string());
  std::vector<std::string> others;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".safetensors") others.push_back(entry.path().string());
  if (others.size() == 1) return others;
  if (others.empty()) throw Error(Errc::not_found, folder_path + ": no weights" + advice(folder));
  throw Error(Errc::not_found,
              folder_path + ": " + std::to_string(others.size()) +
                  " .safetensors files and no model.safetensors.index.json to say which belong together");
}

}  // namespace rmt::model
