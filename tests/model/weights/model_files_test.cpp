// Whole models on disk: tiny ones as transformers saves them, and as llama.cpp's converter would write them.
#include <ATen/ops/equal.h>
#include <ATen/ops/ones.h>

#include <filesystem>
#include <functional>
#include <thread>

#include "model/weights/gguf_weights.h"
#include "model/weights/safetensors_weights.h"
#include "model/weights/weight_source.h"
#include "tests/model/weights/expect_error.h"
#include "tests/model/weights/gguf_bytes.h"
#include "tests/model/weights/temporary_folder.h"

using namespace rmt::model;
using rmt::tests::expect_error;
using rmt::tests::GgufBytes;
using rmt::tests::read_file;
using rmt::tests::TemporaryFolder;
using rmt::tests::write_file;
namespace fs = std::filesystem;

namespace {

const std::string kFixtures = "tests/fixtures/model/weights/";

/// The tensors of a folder under their canonical names, read without the code under test.
std::map<std::string, at::Tensor> tensors_of(const std::string& folder, Architecture architecture) {
  std::map<std::string, at::Tensor> tensors;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".safetensors")
      for (auto& [name, tensor] : read_safetensors(read_file(entry.path())).tensors)
        tensors[canonical_name(architecture, name)] = tensor;
  return tensors;
}

void copy_model(const std::string& name, const std::string& to) {
  fs::copy(kFixtures + name, to);
}

/// A GGUF file of one layerless Llama, with more metadata.
std::string llama_gguf(uint64_t more_values, const std::function<void(GgufBytes&)>& add,
                       std::string_view architecture = "llama", const std::string& extra_tensor = "") {
  GgufBytes file(extra_tensor.empty() ? 2 : 3, 7 + more_values);
  const std::string prefix = std::string(architecture) + ".";
  file.string("general.architecture", architecture);
  file.u32(prefix + "context_length", 16).u32(prefix + "embedding_length", 8).u32(prefix + "block_count", 0);
  file.u32(prefix + "attention.head_count", 2).u32(prefix + "feed_forward_length", 8);
  file.f32(prefix + "attention.layer_norm_rms_epsilon", 1e-5f);
  add(file);
  file.tensor("token_embd.weight", {8, 4}, 0, 0).tensor("output_norm.weight", {8}, 0, 128);
  if (!extra_tensor.empty()) file.tensor(extra_tensor, {8}, 0, 128);
  return file.data(160).bytes();
}

void refused_gguf(Errc code, std::string_view mentions, const std::string& bytes) {
  expect_error(code, mentions, [&] { read_gguf_model(GgufFile(bytes, "x.gguf")); });
}

}  // namespace

TEST_CASE("model files: a folder and its GGUF twin say the same, bit by bit") {
  for (const std::string name : {"llama", "qwen2", "gpt2"}) {
    CAPTURE(name);
    const ModelFiles folder = open_model_files(kFixtures + name), gguf = open_model_files(kFixtures + name + ".gguf");
    CHECK(folder.tokenizer_path == kFixtures + name);
    CHECK(folder.gguf_path.empty());
    CHECK(gguf.gguf_path == kFixtures + name + ".gguf");
    CHECK(gguf.tokenizer_path.empty());
    const auto expected = tensors_of(kFixtures + name, folder.config.architecture);
    CHECK(gguf.weights->names().size() == expected.size());
    CHECK(folder.weights->names() == gguf.weights->names());
    for (const auto& entry : expected) {
      const std::string& tensor = entry.first;
      const at::Tensor& values = entry.second;
      CAPTURE(tensor);
      REQUIRE(gguf.weights->contains(tensor));
      const at::Tensor from_gguf = gguf.weights->load(tensor, values.sizes());
      CHECK(from_gguf.is_contiguous());
      CHECK(at::equal(folder.weights->load(tensor, values.sizes()), values));
      CHECK(at::equal(from_gguf, values));
    }
  }
}

TEST_CASE("model files: configurations") {
  for (const std::string name : {"llama", "qwen2", "gpt2"}) {
    CAPTURE(name);
    const BackboneConfig a = open_model_files(kFixtures + name).config;
    const BackboneConfig b = open_model_files(kFixtures + name + ".gguf").config;
    CHECK(a.architecture == (name == "gpt2" ? Architecture::gpt2 : Architecture::llama));
    CHECK(a.architecture == b.architecture);
    CHECK(a.vocab_size == 11);
    CHECK(b.vocab_size == 11);
    CHECK(a.width == b.width);
    CHECK(a.layers == b.layers);
    CHECK(a.heads == b.heads);
    CHECK(a.kv_heads == b.kv_heads);
    CHECK(a.head_size == b.head_size);
    CHECK(a.ffn_width == b.ffn_width);
    CHECK(a.max_positions == b.max_positions);
    CHECK(a.norm_eps == doctest::Approx(b.norm_eps));
    CHECK(a.rope_theta == b.rope_theta);
    CHECK(a.tied_head == b.tied_head);
    CHECK(a.tied_head == (name != "llama"));
    CHECK(a.qkv_bias == b.qkv_bias);
    CHECK(a.qkv_bias == (name == "qwen2"));
  }
}

TEST_CASE("model files: names of one kind, whatever the prefix") {
  const ModelFiles bert = open_model_files(kFixtures + "bert");
  CHECK(bert.weights->contains("embeddings.word_embeddings.weight"));
  CHECK(bert.weights->contains("encoder.layer.0.attention.self.query.weight"));
  CHECK(open_model_files(kFixtures + "gpt2").weights->contains("h.1.attn.c_attn.weight"));
  CHECK(canonical_name(Architecture::gpt2, "transformer.h.0.ln_1.weight") == "h.0.ln_1.weight");
  CHECK(canonical_name(Architecture::gpt2, "h.0.ln_1.weight") == "h.0.ln_1.weight");
  CHECK(canonical_name(Architecture::gpt2, "lm_head.weight") == "lm_head.weight");
  CHECK(canonical_name(Architecture::bert, "bert.encoder.layer.0.output.LayerNorm.gamma") ==
        "encoder.layer.0.output.LayerNorm.weight");
  CHECK(canonical_name(Architecture::bert, "bert.embeddings.LayerNorm.beta") == "embeddings.LayerNorm.bias");
  CHECK(canonical_name(Architecture::llama, "layers.3.mlp.up_proj.weight") == "model.layers.3.mlp.up_proj.weight");
  CHECK(canonical_name(Architecture::llama, "model.norm.weight") == "model.norm.weight");
  CHECK(canonical_name(Architecture::llama, "norm.weight") == "model.norm.weight");
  for (const char* const name : {"blk.x.attn_q.weight", "blk.1", "blk..attn_q.weight", "blk.", "attn_q.weight",
                                 "blk.1.attn_q_norm.weight", "blk.1.attn_output.bias", ""})
    CHECK_FALSE(from_gguf_name(Architecture::llama, name, true).has_value());
}

TEST_CASE("model files: fingerprints are of the content, and safe to ask for from several threads") {
  const auto fingerprint = [](const std::string& path) { return open_model_files(path).weights->fingerprint(); };
  CHECK(fingerprint(kFixtures + "gpt2") == sha256_hex(read_file(kFixtures + "gpt2/model.safetensors")));
  CHECK(fingerprint(kFixtures + "gpt2.gguf") == sha256_hex(read_file(kFixtures + "gpt2.gguf")));
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");

  std::string shards;
  for (const char* const shard : {"1", "2", "3"}) {
    const std::string file = std::string("model-0000") + shard + "-of-00003.safetensors";
    shards += file + '\0' + sha256_hex(read_file(kFixtures + "llama/" + file));
  }
  const ModelFiles sharded = open_model_files(kFixtures + "llama");
  std::vector<std::string> found(4);
  std::vector<std::thread> threads;
  for (std::string& result : found) threads.emplace_back([&] { result = sharded.weights->fingerprint(); });
  for (std::thread& thread : threads) thread.join();
  for (const std::string& result : found) CHECK(result == sha256_hex(shards));
}

TEST_CASE("model files: tensors in memory") {
  const at::Tensor values = at::ones({2, 3}, at::kDouble).t();
  const TensorMap map({{"a", values}});
  CHECK(map.names() == std::vector<std::string>{"a"});
  const at::Tensor loaded = map.load("a", {3, 2});
  CHECK(loaded.is_contiguous());
  CHECK((loaded.scalar_type() == at::kFloat));
  CHECK(map.fingerprint() == sha256_hex(write_safetensors({{"a", values}})));
  expect_error(Errc::not_found, "'b'", [&] { map.load("b", {1}); });
  expect_error(Errc::mismatch, "[3, 2], expected [2, 3]", [&] { map.load("a", {2, 3}); });
  const TensorMap floats({{"a", at::ones({1})}});
  floats.load("a", {1}).fill_(5);
  CHECK(floats.load("a", {1}).item<float>() == 1);
}

TEST_CASE("model files: a tensor that is not there, or not of this shape") {
  for (const std::string path : {"llama", "llama.gguf"}) {
    const ModelFiles files = open_model_files(kFixtures + path);
    expect_error(Errc::not_found, "'model.layers.9.x'", [&] { files.weights->load("model.layers.9.x", {1}); });
    expect_error(Errc::mismatch, "has shape [8, 16], expected [16, 16]", [&] {
      files.weights->load("model.layers.0.self_attn.k_proj.weight", {16, 16});
    });
    expect_error(Errc::mismatch, "[16], expected []", [&] { files.weights->load("model.norm.weight", {}); });
  }
  const ModelFiles gpt2 = open_model_files(kFixtures + "gpt2.gguf");
  expect_error(Errc::mismatch, "[8, 24], expected [24, 8]", [&] {
    gpt2.weights->load("h.0.attn.c_attn.weight", {24, 8});
  });
}

TEST_CASE("model files: weights must be numbers with a point") {
  const TemporaryFolder folder;
  save_safetensors(folder / "model.safetensors", {{"wte.weight", at::ones({2, 2}, at::kLong)}});
  const SafetensorsWeights weights({folder / "model.safetensors"}, Architecture::gpt2);
  expect_error(Errc::mismatch, "'wte.weight' is of type I64", [&] { weights.load("wte.weight", {2, 2}); });
}

TEST_CASE("model files: folders that are no model") {
  const TemporaryFolder folder;
  expect_error(Errc::not_found, "nowhere", [] { open_model_files("/nowhere"); });
  expect_error(Errc::not_found, "config.json", [&] { open_model_files(folder.path()); });
  fs::copy(kFixtures + "gpt2/config.json", folder.path());
  expect_error(Errc::not_found, "no weights; expected model.safetensors", [&] { open_model_files(folder.path()); });
  write_file(folder / "pytorch_model.bin", "PK");
  expect_error(Errc::not_found, "convert it once", [&] { open_model_files(folder.path()); });
  write_file(folder / "a.safetensors", "");
  expect_error(Errc::truncated, "a.safetensors", [&] { open_model_files(folder.path()); });
  write_file(folder / "b.safetensors", "");
  expect_error(Errc::not_found, "2 .safetensors files", [&] { open_model_files(folder.path()); });
  expect_error(Errc::unsupported, "give the folder", [&] { open_model_files(folder / "a.safetensors"); });
  expect_error(Errc::malformed, "not a GGUF file", [&] { open_model_files(folder / "config.json"); });
  write_file(folder / "config.json", std::string(5 << 20, ' '));
  expect_error(Errc::malformed, "more than the", [&] { open_model_files(folder.path()); });

  const TemporaryFolder only_gguf;
  fs::copy(kFixtures + "gpt2.gguf", only_gguf.path());
  expect_error(Errc::not_found, "gpt2.gguf", [&] { open_model_files(only_gguf.path()); });
}

TEST_CASE("model files: one safetensors file of any name will do") {
  const TemporaryFolder folder;
  fs::copy(kFixtures + "gpt2/config.json", folder.path());
  fs::copy(kFixtures + "gpt2/model.safetensors", folder / "other.safetensors");
  CHECK(open_model_files(folder.path()).weights->contains("wte.weight"));
}

TEST_CASE("model files: shards") {
  const TemporaryFolder folder;
  copy_model("llama", folder.path());
  const std::string second = folder / "model-00002-of-00003.safetensors";
  const std::string index = folder / "model.safetensors.index.json";
  CHECK_NOTHROW(open_model_files(folder.path()));

  fs::rename(second, folder / "elsewhere");
  expect_error(Errc::not_found, second, [&] { open_model_files(folder.path()); });
  fs::copy(folder / "model-00001-of-00003.safetensors", second);
  expect_error(Errc::malformed, "comes a second time", [&] { open_model_files(folder.path()); });
  fs::remove(second);
  fs::rename(folder / "elsewhere", second);

  for (const char* const name : {"../x.safetensors", "/etc/passwd", "a/b", "..", ".", "", "a\\\\b", "a\\u0000b"}) {
    write_file(index, std::string(R"({"weight_map":{"a":")") + name + "\"}}");
    expect_error(Errc::malformed, "no plain file name", [&] { open_model_files(folder.path()); });
  }
  for (const char* const text : {"", "[]", "{}", R"({"weight_map":1})", R"({"weight_map":{}})", "{\"weight_map\":"}) {
    write_file(index, text);
    expect_error(Errc::malformed, "index.json", [&] { open_model_files(folder.path()); });
  }
  write_file(index, R"({"weight_map":{"a":1}})");
  expect_error(Errc::malformed, "no plain file name", [&] { open_model_files(folder.path()); });
}

TEST_CASE("model files: GGUF metadata of other models is refused by name") {
  const auto nothing = [](GgufBytes&) {};
  const std::string plain = llama_gguf(0, nothing);
  CHECK(read_gguf_model(GgufFile(plain, "x.gguf")).config.kv_heads == 2);
  refused_gguf(Errc::unsupported, "'gemma'; from GGUF this program runs gpt2, llama and qwen2",
               llama_gguf(0, nothing, "gemma"));
  refused_gguf(Errc::not_found, "general.architecture", GgufBytes(0, 0).bytes());
  std::string without_length = plain;
  without_length[without_length.find("context_length")] = 'C';
  refused_gguf(Errc::not_found, "llama.context_length", without_length);
  const auto with_u32 = [](const char* key, uint32_t value) {
    return llama_gguf(1, [&](GgufBytes& file) { file.u32(key, value); });
  };
  refused_gguf(Errc::unsupported, "split", with_u32("split.count", 3));
  refused_gguf(Errc::unsupported, "llama.expert_count", with_u32("llama.expert_count", 8));
  refused_gguf(Errc::unsupported, "llama.attention.sliding_window", with_u32("llama.attention.sliding_window", 8));
  refused_gguf(Errc::unsupported, "llama.rope.dimension_count", with_u32("llama.rope.dimension_count", 2));
  refused_gguf(Errc::unsupported, "llama.attention.value_length", with_u32("llama.attention.value_length", 2));
  refused_gguf(Errc::malformed, "kv_heads", with_u32("llama.attention.head_count_kv", 0));
  refused_gguf(Errc::malformed, "kv_heads", with_u32("llama.attention.head_count_kv", 3));
  refused_gguf(Errc::unsupported, "llama.rope.scaling.type",
               llama_gguf(1, [](GgufBytes& file) { file.string("llama.rope.scaling.type", "yarn"); }));
  refused_gguf(Errc::unsupported, "rope_freqs.weight", llama_gguf(0, nothing, "llama", "rope_freqs.weight"));
  refused_gguf(Errc::unsupported, "'blk.0.attn_q_norm.weight' is no part of a llama",
               llama_gguf(0, nothing, "llama", "blk.0.attn_q_norm.weight"));
  const std::string unscaled = llama_gguf(2, [](GgufBytes& file) {
    file.string("llama.rope.scaling.type", "linear").f32("llama.rope.scaling.factor", 1.0f);
  });
  CHECK_NOTHROW(read_gguf_model(GgufFile(unscaled, "x.gguf")));
}

TEST_CASE("model files: a GGUF tensor of a type that is not decoded is named") {
  GgufBytes bytes(1, 7);
  bytes.string("general.architecture", "llama").u32("llama.context_length", 16).u32("llama.embedding_length", 32);
  bytes.u32("llama.block_count", 0).u32("llama.attention.head_count", 2).u32("llama.feed_forward_length", 8);
  bytes.f32("llama.attention.layer_norm_rms_epsilon", 1e-5f);
  bytes.tensor("token_embd.weight", {32, 1}, 20, 0).data(18);
  const std::string text = bytes.bytes();
  GgufFile file(text, "x.gguf");
  const GgufModel model = read_gguf_model(file);
  const GgufWeights weights(std::move(file), model);
  expect_error(Errc::unsupported, "IQ4_NL", [&] { weights.load("model.embed_tokens.weight", {1, 32}); });
}
