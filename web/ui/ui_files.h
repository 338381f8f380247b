// The web page as the server wants it: from the program itself, or from a folder while it is being written.
#pragma once

#include <string>
#include <vector>

#include "web/server/static_files.h"

namespace rmt::web {

/// What `RMTLM_UI=embed` built in; empty where nothing was.
std::vector<StaticFile> embedded_ui();

/// All files below `folder`, as vite builds them. Throws std::runtime_error for a folder without index.html, and for a
/// file that cannot be read.
std::vector<StaticFile> ui_in_folder(const std::string& folder);

}  // namespace rmt::web
