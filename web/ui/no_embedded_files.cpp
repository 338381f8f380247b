// The table of embedded files where none are: RMTLM_UI is dir or off.
#include "web/ui/embedded_file.h"

namespace rmt::web {

std::span<const EmbeddedFile> embedded_files() {
  return {};
}

}  // namespace rmt::web
