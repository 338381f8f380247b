#include "lm/eval/run_records.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "lm/store/error.h"

namespace rmt::lm {

store::RunSpec run_spec(const Identity& identity, const std::vector<std::string>& inputs, bool lossy) {
  nlohmann::json config = to_json(identity);
  config.erase("dtype_loss");  // measured, not configured
  config["inputs"] = inputs;
  config["lossy"] = lossy;
  config["gain"] = identity.settings.gain;
  config["skip_broken"] = identity.settings.skip_broken;
  return {.command = "eval",
          .protocol = std::string(name(identity.settings.protocol)),
          .model = identity.model,
          .model_sha256 = identity.model_sha256,
          .tokenizer_sha256 = identity.tokenizer_sha256,
          .config = config.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace),
          .device = identity.device,
          .dtype = identity.dtype,
          .version = identity.version};
}

RunRecords::RunRecords(const std::string& path, const store::RunSpec& spec, bool with_strided, bool resume)
    : store_(store::Store::open(path)), recording_{store_}, with_strided_(with_strided) {
  const auto unfinished = store_.find_resumable(spec);
  resumed_ = resume && unfinished;
  if (resumed_) {
    recording_.main_run = unfinished->id;
    store_.resume_run(unfinished->id, spec);
  } else {
    if (unfinished) left_alone_ = unfinished->id;
    recording_.main_run = store_.begin_run(spec);
  }
  if (with_strided_) open_strided(spec);
}

// It names the main run, so that the two are found together, whatever the process died between.
void RunRecords::open_strided(store::RunSpec spec) {
  nlohmann::json config = nlohmann::json::parse(spec.config);
  config["beside_run"] = recording_.main_run;
  spec.protocol = name(Protocol::hf_strided);
  spec.config = config.dump();
  for (const store::Run& run : store_.runs()) {
    if (run.spec.protocol != spec.protocol || run.spec.config != spec.config) continue;
    recording_.strided_run = run.id;
    store_.resume_run(run.id, spec);
    return;
  }
  recording_.strided_run = store_.begin_run(spec);
}

void RunRecords::end(store::RunStatus status) {
  if (with_strided_) store_.end_run(recording_.strided_run, status);
  store_.end_run(recording_.main_run, status);
}

void RunRecords::end_failed() noexcept try { end(store::RunStatus::failed); } catch (const store::Error&) {
}

}  // namespace rmt::lm
