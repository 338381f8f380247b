// sentencepiece beside libtorch. A shared sentencepiece that exports FLAGS_minloglevel (Debian's does)
// takes the place of libc10's variable of that name and writes over it and its neighbours before main:
// nothing crashes and nothing is said. This program links both, uses both, and reads the flags.
#include <ATen/core/Tensor.h>
#include <ATen/ops/ones.h>
#include <c10/util/Flags.h>
#include <sentencepiece_processor.h>
#include <sentencepiece_trainer.h>

#include <string>
#include <vector>

#include "tests/support/doctest.h"

C10_DECLARE_bool(caffe2_use_fatal_for_enforce);
C10_DECLARE_int(minloglevel);
C10_DECLARE_int(v);
C10_DECLARE_bool(logtostderr);

namespace {

void check_flags() {
  CHECK(FLAGS_minloglevel == 0);
  CHECK(FLAGS_v == 0);
  // Read as a byte: a clobbered bool may hold neither 0 nor 1.
  CHECK(*reinterpret_cast<const unsigned char*>(&FLAGS_caffe2_use_fatal_for_enforce) == 0);
  CHECK(*reinterpret_cast<const unsigned char*>(&FLAGS_logtostderr) == 0);
}

}  // namespace

TEST_CASE("libtorch's flags survive the loading of sentencepiece") {
  check_flags();
}

TEST_CASE("libtorch's flags survive training and encoding with sentencepiece") {
  std::vector<std::string> sentences;
  for (int i = 0; i < 40; ++i) sentences.push_back("a memory is carried from segment " + std::to_string(i));
  std::string model;
  const auto trained = sentencepiece::SentencePieceTrainer::Train(
      {{"model_type", "bpe"}, {"vocab_size", "60"}, {"hard_vocab_limit", "false"}, {"minloglevel", "2"}}, sentences,
      &model);
  REQUIRE(trained.ok());
  sentencepiece::SentencePieceProcessor processor;
  REQUIRE(processor.LoadFromSerializedProto(model).ok());
  std::vector<int> ids;
  REQUIRE(processor.Encode("a segment", &ids).ok());
  CHECK(!ids.empty());
  CHECK(at::ones({3}).sum().item<float>() == 3.0f);
  check_flags();
}
