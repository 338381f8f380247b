// A path of the user to a configuration and weights: what is there decides which reader it gets.
#include <filesystem>

#include "model/error.h"
#include "model/weights/gguf_weights.h"
#include "model/weights/hf_config.h"
#include "model/weights/safetensors_weights.h"
#include "model/weights/weight_source.h"

namespace rmt::model {

namespace fs = std::filesystem;

namespace {

ModelFiles open_folder(const std::string& path) {
  const fs::path config = fs::path(path) / "config.json";
  if (!fs::exists(config)) {
    for (const auto& entry : fs::directory_iterator(path))
      if (entry.path().extension() == ".gguf")
        throw Error(Errc::not_found,
                    path + ": no config.json; to use the GGUF file in it, give " + entry.path().string());
    throw Error(Errc::not_found, config.string() +
                                     ": not there; a model folder holds config.json, *.safetensors and "
                                     "the tokenizer's files");
  }
  constexpr size_t kMostBytes = size_t{4} << 20;
  ModelFiles files;
  files.config = read_hf_config(read_text_file(config.string(), kMostBytes), config.string());
  files.weights = std::make_unique<SafetensorsWeights>(find_safetensors(path), files.config.architecture);
  files.tokenizer_path = path;
  return files;
}

ModelFiles open_gguf(const std::string& path) {
  GgufFile file = GgufFile::open(path);
  const GgufModel model = read_gguf_model(file);
  ModelFiles files;
  files.config = model.config;
  files.weights = std::make_unique<GgufWeights>(std::move(file), model);
  files.gguf_path = path;
  return files;
}

}  // namespace

ModelFiles open_model_files(const std::string& path) try {
  const fs::file_status status = fs::status(path);
  if (!fs::exists(status))
    throw Error(Errc::not_found, path + ": not there; give a Hugging Face folder or a .gguf file");
  if (fs::is_directory(status)) return open_folder(path);
  if (fs::path(path).extension() == ".safetensors")
    throw Error(Errc::unsupported, path + ": give the folder it is in, with its config.json and tokenizer");
  return open_gguf(path);
} catch (const fs::filesystem_error& error) {
  throw Error(Errc::io, path + ": " + error.what());
}

}  // namespace rmt::model
