// A configuration written as config.json is read back as it was.
#include "model/error.h"
#include "model/weights/hf_config.h"
#include "tests/support/doctest.h"

namespace rmt::tests {
namespace {

model::BackboneConfig config_of(model::Architecture architecture) {
  model::BackboneConfig config;
  config.architecture = architecture;
  config.vocab_size = 77;
  config.width = 48;
  config.layers = 3;
  config.heads = 4;
  config.kv_heads = architecture == model::Architecture::llama ? 2 : 4;
  config.head_size = 12;
  config.ffn_width = 100;
  config.max_positions = 33;
  config.norm_eps = 1e-6;
  config.rope_theta = architecture == model::Architecture::llama ? 5000.0 : 10000.0;
  config.type_vocab_size = architecture == model::Architecture::bert ? 2 : 0;
  config.tied_head = true;
  return config;
}

TEST_CASE("every architecture comes back as it was") {
  for (const auto architecture : {model::Architecture::gpt2, model::Architecture::llama, model::Architecture::bert}) {
    const model::BackboneConfig config = config_of(architecture);
    const model::BackboneConfig back = model::read_hf_config(model::write_hf_config(config), "config.json");
    CHECK((back.architecture == config.architecture));
    CHECK(back.vocab_size == config.vocab_size);
    CHECK(back.width == config.width);
    CHECK(back.layers == config.layers);
    CHECK(back.heads == config.heads);
    CHECK(back.kv_heads == config.kv_heads);
    CHECK(back.head_size == config.head_size);
    CHECK(back.ffn_width == config.ffn_width);
    CHECK(back.max_positions == config.max_positions);
    CHECK(back.norm_eps == config.norm_eps);
    CHECK(back.rope_theta == config.rope_theta);
    CHECK(back.type_vocab_size == config.type_vocab_size);
    CHECK(back.tied_head == config.tied_head);
  }
}

TEST_CASE("what config.json has no place for is refused") {
  model::BackboneConfig config = config_of(model::Architecture::llama);
  config.qkv_bias = true;
  CHECK_THROWS_AS(model::write_hf_config(config), model::Error);
}

}  // namespace
}  // namespace rmt::tests
