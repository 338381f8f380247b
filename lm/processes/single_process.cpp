#include "lm/processes/processes.h"

namespace rmt::lm {

namespace {

class SingleProcess final : public Processes {
 public:
  int64_t rank() const override { return 0; }
  int64_t count() const override { return 1; }
  std::string add_on(const c10::Device&) override { return {}; }
  void sum(at::Tensor&) override {}
  std::vector<std::string> gather(const std::string& mine) override { return {mine}; }
  std::string text_from_first(const std::string& mine) override { return mine; }
};

}  // namespace

std::unique_ptr<Processes> single_process() {
  return std::make_unique<SingleProcess>();
}

}  // namespace rmt::lm
