#include "lm/task/task_learner.h"

#include <c10/core/GradMode.h>

namespace rmt::lm {

TaskLearner::TaskLearner(const LoadedModel& opened, const TrainedPart& trained, const TaskDescription& task,
                         TaskHead head)
    : reader_(opened, trained), task_(task), head_({head.weight.to(trained.device), head.bias.to(trained.device)}) {
  head_.weight.requires_grad_(true);
  head_.bias.requires_grad_(true);
  model_.emplace(opened, reader_.backbone(), reader_.memory(), head_);
}

std::vector<Parameter> TaskLearner::parameters() const {
  std::vector<Parameter> all = reader_.parameters();
  all.push_back({"task.weight", head_.weight});
  all.push_back({"task.bias", head_.bias, 1.0, /*decays=*/false});
  return all;
}

void TaskLearner::save(const std::string& folder) const {
  reader_.save(folder);
  write_task(folder, task_, head_);
}

void TaskLearner::load(const std::string& folder) {
  reader_.load(folder);
  TaskHead saved;
  read_task(folder, saved);
  const c10::AutoGradMode off(false);
  head_.weight.copy_(saved.weight);
  head_.bias.copy_(saved.bias);
}

}  // namespace rmt::lm
