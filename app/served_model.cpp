#include "app/served_model.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "app/run_identity.h"
#include "lm/eval/request.h"
#include "lm/eval/run_records.h"
#include "lm/sample_text.h"

namespace rmt::app {
namespace {

lm::ServedMemory served_memory(const std::string& asked, const lm::LoadedModel& model) {
  if (asked == "carry") return lm::ServedMemory::carried;
  if (asked == "reset") return lm::ServedMemory::reset;
  return model.trained_memory ? lm::ServedMemory::carried : lm::ServedMemory::reset;
}

}  // namespace

ServedModel open_served_model(const ModelOptions& options, const std::string& memory) {
  configure_threads(options);
  lm::LoadedModel model = lm::open_model(open_options(options));
  const auto sample = [&model] { return lm::sample_segments(*model.tokenizer, model.rmt.segment_length); };
  lm::PrecisionChoice dtype = pack(model, options, sample);
  const lm::ServedMemory served = served_memory(memory, model);
  if (served == lm::ServedMemory::reset && model.rmt.memory_tokens > 0)
    spdlog::warn("The memory is reset at every segment: nothing from more than {} tokens ago is of help to {}",
                 model.rmt.segment_length, model.name);
  return {std::move(model), std::move(dtype), served};
}

prover::Context usual_context(const ServedModel& served) {
  return served.memory == lm::ServedMemory::carried ? prover::Context::memory : prover::Context::none;
}

store::RunSpec run_spec_of(const ServedModel& served, const std::string& command,
                           const std::vector<std::string>& inputs) {
  lm::EvalRequest request;
  const bool carried = served.memory == lm::ServedMemory::carried;
  request.memory = carried ? lm::MemoryPolicy::carry : lm::MemoryPolicy::reset;
  const lm::EvalSettings settings = lm::resolve(request, served.model);
  store::RunSpec spec = lm::run_spec(identity_of(served.model, served.dtype, settings), inputs, false);
  spec.command = command;
  return spec;
}

}  // namespace rmt::app
