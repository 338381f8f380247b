#include "lm/task/task_model.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "model/error.h"
#include "model/weights/atomic_file.h"
#include "model/weights/mapped_file.h"
#include "model/weights/safetensors.h"

namespace rmt::lm {

namespace fs = std::filesystem;

namespace {

using model::Errc;
using model::Error;

constexpr char kTaskName[] = "task.json", kHeadName[] = "task_head.safetensors";

// Vocabularies without [CLS] and [SEP] of their own lend what begins and ends a text.
int64_t special(const std::optional<int32_t>& own, const std::optional<int32_t>& otherwise, const char* role) {
  if (own) return *own;
  if (otherwise) return *otherwise;
  throw Error(Errc::mismatch, std::string("the tokenizer has no ") + role + ", which an encoder's segments need");
}

int64_t whole_number(const nlohmann::json& task, const char* name, const std::string& where) {
  const auto found = task.find(name);
  if (found == task.end() || !found->is_number_integer() || *found < 0)
    throw Error(Errc::malformed, where + ": \"" + name + "\" must be a number from 0 on");
  return found->get<int64_t>();
}

}  // namespace

TaskHead new_task_head(int64_t classes, int64_t width, uint64_t seed) {
  return {at::randn({classes, width}, at::detail::createCPUGenerator(seed)).mul_(0.02), at::zeros({classes})};
}

TaskModel::TaskModel(const LoadedModel& opened, std::shared_ptr<const model::Backbone> backbone, at::Tensor memory,
                     TaskHead head)
    : head_(std::move(head)) {
  if (const at::Device device = backbone->device(); head_.weight.device() != device)
    head_ = {head_.weight.to(device), head_.bias.to(device)};
  if (head_.weight.dim() != 2 || head_.weight.size(1) != backbone->config().width)
    throw Error(Errc::mismatch, opened.name + ": an answering layer of " + c10::str(head_.weight.sizes()) +
                                    " for a backbone of width " + std::to_string(backbone->config().width));
  if (backbone->config().is_decoder()) {
    decoder_.emplace(std::move(backbone), opened.rmt, std::move(memory));
    return;
  }
  const corpora::SpecialTokens& tokens = opened.tokenizer->specials();
  encoder_.emplace(std::move(backbone), opened.rmt, std::move(memory), special(tokens.cls, tokens.bos, "[CLS]"),
                   special(tokens.sep, tokens.eos, "[SEP]"));
}

const model::RmtConfig& TaskModel::config() const {
  return encoder_ ? encoder_->config() : decoder_->config();
}

model::MemoryState TaskModel::start(int64_t batch) const {
  return encoder_ ? encoder_->start(batch) : decoder_->start(batch);
}

TaskRead TaskModel::read(const model::SegmentBatch& segment, const model::MemoryState& state, bool answer_wanted,
                         const model::AttentionObserver* observer) const {
  if (encoder_) {
    model::EncoderOutput out = encoder_->step(segment, state, observer);
    return {answer_wanted ? out.cls : at::Tensor(), std::move(out.state)};
  }
  model::SegmentOutput out =
      decoder_->step(segment, state, answer_wanted ? model::Wanted::hidden : model::Wanted::memory, observer);
  return {answer_wanted ? out.hidden.select(1, segment.ids.size(1) - 1) : at::Tensor(), std::move(out.state)};
}

// An encoder's are [CLS ; memory ; SEP ; text ; SEP], a decoder's [memory ; text ; memory].
SegmentRows TaskModel::segment_rows(int64_t text_tokens) const {
  const int64_t memory = config().memory_tokens;
  return encoder_ ? SegmentRows{memory + 2, 1, memory} : SegmentRows{memory, memory + text_tokens, memory};
}

at::Tensor TaskModel::answer(const at::Tensor& row) const {
  return at::linear(row, head_.weight, head_.bias);
}

void write_task(const std::string& folder, const TaskDescription& task, const TaskHead& head) {
  model::save_safetensors((fs::path(folder) / kHeadName).string(),
                          {{"weight", head.weight.detach().cpu()}, {"bias", head.bias.detach().cpu()}});
  const nlohmann::ordered_json json = {{"format", 1},
                                       {"task", corpora::name(task.kind)},
                                       {"pairs", task.pairs},
                                       {"trained_segments", task.trained_segments}};
  model::AtomicFile file((fs::path(folder) / kTaskName).string());
  file.write(json.dump(2) + "\n");
  file.commit();
}

bool is_task(const std::string& folder) {
  std::error_code error;
  return !folder.empty() && fs::exists(fs::path(folder) / kTaskName, error);
}

TaskDescription read_task(const std::string& folder, TaskHead& head) {
  const std::string where = (fs::path(folder) / kTaskName).string();
  if (!fs::exists(where)) throw Error(Errc::not_found, where + ": not there; this is no model of a memory task");
  const auto json = nlohmann::json::parse(model::read_text_file(where, size_t{1} << 16), nullptr, false);
  if (!json.is_object()) throw Error(Errc::malformed, where + ": this is not a JSON object");
  const auto kind = corpora::task_by_name(json.value("task", ""));
  if (!kind) throw Error(Errc::malformed, where + ": \"task\" must be memorize, detect, reasoning or recall");

  const std::string path = (fs::path(folder) / kHeadName).string();
  const model::MappedFile mapped(path);
  for (auto& [name, tensor] : model::read_safetensors(mapped.bytes(), path).tensors)
    (name == "weight" ? head.weight : head.bias) = tensor.to(at::kFloat);
  if (!head.weight.defined() || !head.bias.defined())
    throw Error(Errc::malformed, path + ": expected the tensors \"weight\" and \"bias\"");
  return {*kind, whole_number(json, "pairs", where), whole_number(json, "trained_segments", where)};
}

}  // namespace rmt::lm
