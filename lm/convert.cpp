#include "lm/convert.h"

#include <filesystem>

#include "lm/open_model.h"
#include "lm/task/task_model.h"
#include "model/error.h"
#include "model/weights/atomic_file.h"
#include "model/weights/hf_config.h"
#include "model/weights/safetensors.h"

namespace rmt::lm {

namespace fs = std::filesystem;

namespace {

using model::Errc;
using model::Error;

void copy_tokenizer(const fs::path& from, const fs::path& to) {
  if (!fs::is_directory(from))
    throw Error(Errc::unsupported, from.string() +
                                       ": this vocabulary is inside the model file and cannot be copied out; "
                                       "convert without --standalone, and keep the file as the base");
  bool found = false;
  for (const char* const name :
       {"tokenizer.model", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt"})
    if (fs::exists(from / name)) {
      fs::copy_file(from / name, to / name, fs::copy_options::overwrite_existing);
      found = true;
    }
  if (!found) throw Error(Errc::not_found, from.string() + ": there is no tokenizer to take along");
}

void write_standalone(const Conversion& conversion, const RmtCheckpoint& checkpoint) {
  const fs::path to = conversion.output;
  LoadedModel loaded = open_model({.model = conversion.model, .models_folder = conversion.models_folder});
  copy_tokenizer(find_backbone(conversion.model, conversion.models_folder), to);
  model::NamedTensors weights = loaded.backbone->parameters();
  for (auto& [name, tensor] : weights) tensor = tensor.to(conversion.dtype);
  model::save_safetensors((to / "model.safetensors").string(), weights);
  model::AtomicFile config((to / "config.json").string());
  config.write(write_hf_config(loaded.backbone->config()));
  config.commit();
  write_rmt_checkpoint(conversion.output,
                       {.rmt = checkpoint.rmt, .base = {}, .memory = checkpoint.memory, .carried = checkpoint.carried},
                       conversion.dtype);
}

}  // namespace

void convert(const Conversion& conversion) try {
  const std::string from = find_checkpoint(conversion.model, conversion.models_folder);
  const RmtCheckpoint checkpoint = read_rmt_checkpoint(from);
  fs::create_directories(conversion.output);
  if (conversion.standalone)
    write_standalone(conversion, checkpoint);
  else
    write_rmt_checkpoint(conversion.output, checkpoint, conversion.dtype);
  if (!is_task(from)) return;
  TaskHead head;
  const TaskDescription task = read_task(from, head);
  write_task(conversion.output, task, head);
} catch (const fs::filesystem_error& error) {
  throw Error(Errc::io, error.what());
}

}  // namespace rmt::lm
