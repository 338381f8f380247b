#include "app/run_identity.h"

namespace rmt::app {

lm::Identity identity_of(const lm::LoadedModel& model, const lm::PrecisionChoice& dtype,
                         const lm::EvalSettings& settings) {
  lm::Identity identity;
  identity.version = RMTLM_VERSION;
  identity.model = model.name;
  identity.model_sha256 = model.sha256;
  identity.tokenizer_sha256 = model.tokenizer->fingerprint();
  identity.device = model.backbone->device().str();
  identity.dtype = model::name(dtype.precision);
  if (!dtype.trials.empty()) identity.dtype_loss = dtype.loss;
  identity.rmt = model.rmt;
  identity.trained_memory = model.trained_memory;
  identity.settings = settings;
  return identity;
}

}  // namespace rmt::app
