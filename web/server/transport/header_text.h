// Pieces of header values (RFC 9110, section 5.6).
#pragma once

#include <string_view>

namespace rmt::web {

/// Of tokens and header names: ASCII case does not count.
bool same_token(std::string_view a, std::string_view b);

/// Whether a comma-separated list has the token.
bool lists_token(std::string_view list, std::string_view token);

/// Without the spaces and tabs around it.
std::string_view trimmed(std::string_view text);

bool is_token(std::string_view text);

}  // namespace rmt::web
