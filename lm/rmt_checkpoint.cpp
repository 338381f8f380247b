#include "lm/rmt_checkpoint.h"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "model/error.h"
#include "model/weights/atomic_file.h"
#include "model/weights/mapped_file.h"
#include "model/weights/safetensors.h"
#include "model/weights/sha256.h"

namespace rmt::lm {

namespace fs = std::filesystem;

namespace {

using model::Errc;
using model::Error;
using nlohmann::json;

constexpr char kConfigName[] = "rmt_config.json", kMemoryName[] = "rmt_memory.safetensors",
               kAdapterName[] = "rmt_adapter.safetensors", kWeightsName[] = "rmt_weights.safetensors",
               kTensor[] = "memory";
constexpr int64_t kMostTokens = int64_t{1} << 20;

// One JSON object, read strictly: every field is asked for by name, what is left over is an error.
class Fields {
 public:
  Fields(const json& object, std::string where) : object_(object), where_(std::move(where)) {
    if (!object_.is_object()) throw Error(Errc::malformed, where_ + ": expected an object");
  }
  const json* find(const char* name) {
    asked_.insert(name);
    const auto found = object_.find(name);
    return found == object_.end() ? nullptr : &*found;
  }
  int64_t integer(const char* name, int64_t least, int64_t most) {
    const json* value = find(name);
    if (value == nullptr || !value->is_number_integer() || *value < least || *value > most)
      throw Error(Errc::malformed, where_ + ": \"" + name + "\" must be a whole number from " + std::to_string(least) +
                                       " to " + std::to_string(most));
    return value->get<int64_t>();
  }
  double number(const char* name) {
    const json* value = find(name);
    if (value == nullptr || !value->is_number() || !(value->get<double>() > 0))
      throw Error(Errc::malformed, where_ + ": \"" + name + "\" must be a number above 0");
    return value->get<double>();
  }
  std::string text(const char* name) {
    const json* value = find(name);
    if (value == nullptr || !value->is_string())
      throw Error(Errc::malformed, where_ + ": \"" + name + "\" must be a text");
    return value->get<std::string>();
  }
  void finish() const {
    for (const auto& [name, value] : object_.items())
      if (!asked_.contains(name))
        throw Error(Errc::malformed,
                    where_ + ": unknown field " + model::shown(name) + "; it was written by another version of rmt-lm");
  }

 private:
  const json& object_;
  std::string where_;
  std::set<std::string> asked_;
};

// That of the two which has the name that the field gives.
template <class Kind>
Kind kind_by_name(Fields& fields, const char* field, Kind one, Kind other, const std::string& where) {
  const std::string given = fields.text(field);
  if (given == name(one)) return one;
  if (given == name(other)) return other;
  throw Error(Errc::malformed,
              fmt::format("{}: \"{}\" must be \"{}\" or \"{}\"", where, field, name(one), name(other)));
}

RmtCheckpoint parse_config(const std::string& text, const std::string& where) {
  const json object = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (object.is_discarded()) throw Error(Errc::malformed, where + ": this is not JSON");
  RmtCheckpoint checkpoint;
  Fields fields(object, where);
  fields.integer("format", 1, 1);
  checkpoint.rmt.memory_tokens = fields.integer("memory_tokens", 0, kMostTokens);
  checkpoint.rmt.segment_length = fields.integer("segment_length", 1, kMostTokens);
  checkpoint.rmt.positions =
      kind_by_name(fields, "text_positions", model::TextPositions::shifted, model::TextPositions::pretrained, where);
  if (fields.find("memory_scale") != nullptr)
    checkpoint.rmt.scale =
        kind_by_name(fields, "memory_scale", model::MemoryScale::written, model::MemoryScale::initial, where);
  if (const json* base = fields.find("base")) {
    Fields inner(*base, where + ": base");
    checkpoint.base = CheckpointBase{inner.text("model"), inner.text("sha256")};
    inner.finish();
  }
  if (const json* adapter = fields.find("adapter")) {
    Fields inner(*adapter, where + ": adapter");
    checkpoint.adapter = Adapter{inner.integer("rank", 1, kMostTokens), inner.number("alpha")};
    inner.finish();
  }
  if (const json* own = fields.find("own_weights"); own != nullptr && *own == true) checkpoint.own_weights.emplace();
  if (const json* carried = fields.find("memory_carried")) {
    if (!carried->is_boolean()) throw Error(Errc::malformed, where + ": \"memory_carried\" must be true or false");
    checkpoint.carried = *carried;
  }
  if (!checkpoint.base && (checkpoint.adapter || checkpoint.own_weights))
    throw Error(Errc::malformed, where + ": \"adapter\" and \"own_weights\" need a \"base\"");
  fields.finish();
  return checkpoint;
}

// The tensors of a file in fp32; its bytes go into the hash.
model::NamedTensors read_tensors(const std::string& path, model::Sha256& hash) {
  const model::MappedFile file(path);
  model::NamedTensors tensors = model::read_safetensors(file.bytes(), path).tensors;
  for (auto& [name, tensor] : tensors) tensor = tensor.to(at::kFloat).contiguous();
  hash.update(file.bytes());
  return tensors;
}

void save(const fs::path& path, model::NamedTensors tensors, at::ScalarType dtype) {
  for (auto& [name, tensor] : tensors) tensor = tensor.detach().to(dtype);
  model::save_safetensors(path.string(), tensors);
}

}  // namespace

bool is_rmt_checkpoint(const std::string& path) {
  std::error_code error;
  return fs::exists(fs::path(path) / kConfigName, error);
}

RmtCheckpoint read_rmt_checkpoint(const std::string& folder) {
  const std::string config = (fs::path(folder) / kConfigName).string();
  RmtCheckpoint checkpoint = parse_config(model::read_text_file(config, size_t{1} << 20), config);

  const std::string path = (fs::path(folder) / kMemoryName).string();
  model::Sha256 hash;
  const model::NamedTensors memory = read_tensors(path, hash);
  if (memory.size() != 1 || memory[0].first != kTensor)
    throw Error(Errc::malformed, path + ": expected one tensor, \"memory\"");
  checkpoint.memory = memory[0].second;
  if (checkpoint.memory.dim() != 2 || checkpoint.memory.size(0) != checkpoint.rmt.memory_tokens)
    throw Error(Errc::mismatch, path + ": the memory is " + c10::str(checkpoint.memory.sizes()) + ", but " + config +
                                    " says " + std::to_string(checkpoint.rmt.memory_tokens) + " memory tokens");
  if (checkpoint.adapter) checkpoint.adapter->tensors = read_tensors((fs::path(folder) / kAdapterName).string(), hash);
  if (checkpoint.own_weights) *checkpoint.own_weights = read_tensors((fs::path(folder) / kWeightsName).string(), hash);
  checkpoint.sha256 = hash.hex();
  return checkpoint;
}

void write_rmt_checkpoint(const std::string& folder, const RmtCheckpoint& checkpoint, at::ScalarType dtype) {
  nlohmann::ordered_json config = {{"format", 1},
                                   {"memory_tokens", checkpoint.rmt.memory_tokens},
                                   {"segment_length", checkpoint.rmt.segment_length},
                                   {"text_positions", name(checkpoint.rmt.positions)}};
  if (checkpoint.rmt.scale != model::MemoryScale::written) config["memory_scale"] = name(checkpoint.rmt.scale);
  if (checkpoint.base) config["base"] = {{"model", checkpoint.base->model}, {"sha256", checkpoint.base->sha256}};
  if (checkpoint.adapter) {
    config["adapter"] = {{"rank", checkpoint.adapter->rank}, {"alpha", checkpoint.adapter->alpha}};
    save(fs::path(folder) / kAdapterName, checkpoint.adapter->tensors, dtype);
  }
  if (checkpoint.own_weights) {
    config["own_weights"] = true;
    save(fs::path(folder) / kWeightsName, *checkpoint.own_weights, dtype);
  }
  if (!checkpoint.carried) config["memory_carried"] = false;
  save(fs::path(folder) / kMemoryName, {{kTensor, checkpoint.memory}}, dtype);
  model::AtomicFile file((fs::path(folder) / kConfigName).string());
  file.write(config.dump(2) + "\n");
  file.commit();
}

}  // namespace rmt::lm
