// safetensors of any bytes: refused with an Error, or read; and what was read survives being written.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "model/error.h"
#include "model/weights/safetensors.h"

using namespace rmt::model;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  SafetensorsContent content;
  try {
    content = read_safetensors({reinterpret_cast<const char*>(data), size}, "input");
  } catch (const Error&) {
    return 0;
  }
  const std::string written = write_safetensors(content.tensors, content.metadata);
  const SafetensorsContent again = read_safetensors(written);
  if (again.tensors.size() != content.tensors.size() || again.metadata != content.metadata) std::abort();
  if (write_safetensors(again.tensors, again.metadata) != written) std::abort();
  return 0;
}
