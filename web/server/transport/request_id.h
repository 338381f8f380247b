// x-request-id: what ties an answer to a line of the log.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rmt::web {

/// The client's, where it is 1 to 64 letters, digits and "-_.:"; else 128 random bits.
std::string request_id(std::optional<std::string_view> from_client);

}  // namespace rmt::web
