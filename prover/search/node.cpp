#include "prover/search/node.h"

namespace rmt::prover {

std::string_view to_string(Origin origin) {
  switch (origin) {
    case Origin::root: return "root";
    case Origin::automation: return "automation";
    case Origin::model: return "model";
  }
  return "";
}

std::string_view to_string(VerdictKind verdict) {
  switch (verdict) {
    case VerdictKind::proved: return "proved";
    case VerdictKind::progress: return "progress";
    case VerdictKind::error: return "error";
    case VerdictKind::rejected: return "rejected";
    case VerdictKind::timeout: return "timeout";
  }
  return "";
}

}  // namespace rmt::prover
