// A task model in training: everything in it, or a memory, an adapter and the answering layer.
#pragma once

#include "lm/task/task_model.h"
#include "lm/train/decoder_learner.h"

namespace rmt::lm {

class TaskLearner final : public Learner {
 public:
  /// `opened` must outlive the learner.
  TaskLearner(const LoadedModel& opened, const TrainedPart& trained, const TaskDescription& task, TaskHead head);

  const TaskModel& model() const { return *model_; }

  std::vector<Parameter> parameters() const override;
  void save(const std::string& folder) const override;
  void load(const std::string& folder) override;

 private:
  TrainedReader reader_;
  TaskDescription task_;
  TaskHead head_;
  std::optional<TaskModel> model_;
};

}  // namespace rmt::lm
