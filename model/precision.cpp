#include "model/precision.h"

namespace rmt::model {

std::string_view name(Precision precision) {
  switch (precision) {
    case Precision::fp32: return "fp32";
    case Precision::bf16: return "bf16";
    case Precision::int8: return "int8";
    case Precision::int8x2: return "int8x2";
    case Precision::int4: return "int4";
  }
  return "unknown";
}

}  // namespace rmt::model
