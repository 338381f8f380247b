// What a run of this program is: what its reports and its rows in a database say of it.
#pragma once

#include "lm/eval/eval_settings.h"
#include "lm/eval/identity.h"
#include "lm/eval/precision_choice.h"
#include "lm/open_model.h"

namespace rmt::app {

/// `model` as packed for `dtype`.
lm::Identity identity_of(const lm::LoadedModel& model, const lm::PrecisionChoice& dtype,
                         const lm::EvalSettings& settings);

}  // namespace rmt::app
