// A config.json of any bytes: refused with an Error, or a configuration that is valid.
#include <cstddef>
#include <cstdint>

#include "model/error.h"
#include "model/weights/hf_config.h"

using namespace rmt::model;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  BackboneConfig config;
  try {
    config = read_hf_config({reinterpret_cast<const char*>(data), size}, "input");
  } catch (const Error&) {
    return 0;
  }
  validate(config);  // an Error here is a finding
  return 0;
}
