#include "lm/train/processes.h"

namespace rmt::lm {

namespace {

class SingleProcess final : public Processes {
 public:
  int64_t rank() const override { return 0; }
  int64_t count() const override { return 1; }
  void add_gradients(const std::vector<Parameter>&) override {}
  void add(BatchLoss&) override {}
  bool any(bool mine) override { return mine; }
  int64_t from_first(int64_t mine) override { return mine; }
  void wait_for_all() override {}
};

}  // namespace

std::unique_ptr<Processes> single_process() {
  return std::make_unique<SingleProcess>();
}

}  // namespace rmt::lm
