// A GGUF file of any bytes: refused with an Error, or all of it can be read.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "model/error.h"
#include "model/weights/dequantize.h"
#include "model/weights/gguf_config.h"
#include "model/weights/gguf_file.h"

using namespace rmt::model;

namespace {

template <typename Read>
void attempt(Read read) {
  try {
    read();
  } catch (const Error&) {
  }
}

void read_values(const GgufMetadata& values) {
  for (const char* const key : {"a", "general.architecture", "general.alignment", "llama.block_count",
                                "tokenizer.ggml.tokens", "tokenizer.ggml.scores", "tokenizer.ggml.token_type"}) {
    attempt([&] { values.find_u32(key); });
    attempt([&] { values.find_number(key); });
    attempt([&] { values.find_bool(key); });
    attempt([&] { values.find_string(key); });
    attempt([&] { values.strings(key); });
    attempt([&] { values.integers(key); });
    attempt([&] { values.floats(key); });
  }
}

void decode_tensors(const GgufFile& file) {
  size_t left = 8;  // tensors may share their bytes: all of a large directory would take forever
  for (const GgufTensor& tensor : file.tensors()) {
    if (left-- == 0) return;
    if (file.find_tensor(tensor.name) != &tensor) std::abort();
    if (!can_dequantize(tensor.type.type)) continue;
    std::vector<float> values(element_count(tensor.shape).value());
    dequantize(tensor.type.type, tensor.data, values);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  attempt([&] {
    const GgufFile file({reinterpret_cast<const char*>(data), size}, "input");
    read_values(file.metadata());
    decode_tensors(file);
    validate(read_gguf_model(file).config);
  });
  return 0;
}
