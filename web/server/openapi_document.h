// The description of everything the server answers: openapi.json, as it was built in.
#pragma once

#include <string_view>

namespace rmt::web {

std::string_view openapi_document();

}  // namespace rmt::web
