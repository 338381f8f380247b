// What a handler threw, as what its client is told.
#pragma once

#include <exception>

#include "web/server/error.h"

namespace rmt::web {

/// Gone is thrown on: there is nobody to tell.
HttpError failure_of(const std::exception_ptr& thrown);

}  // namespace rmt::web
