// The table of everything the server answers.
#pragma once

#include <vector>

#include "web/server/api/api.h"
#include "web/server/router.h"
#include "web/server/static_files.h"

namespace rmt::web {

/// `api` must outlive the routes.
std::vector<Route> routes_of(Api& api, std::vector<StaticFile> files);

}  // namespace rmt::web
