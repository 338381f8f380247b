// The user interface's files, from memory: no path of a request ever reaches a file system.
#pragma once

#include <string>
#include <vector>

#include "web/server/router.h"

namespace rmt::web {

struct StaticFile {
  std::string path;  ///< "/assets/index-3f2a.js"
  std::string content_type;
  std::string content;
  std::string content_encoding;  ///< "gzip", or empty
  std::string etag;              ///< with its quotes
  bool immutable = false;        ///< its name changes with its content
};

/// A route for each; "/index.html" is also "/". Without one, "/" is a plain page that says what this is. They need no
/// key.
std::vector<Route> static_routes(std::vector<StaticFile> files);

}  // namespace rmt::web
