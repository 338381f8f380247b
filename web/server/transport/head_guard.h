// The head of a request, checked byte by byte before Beast's parser sees it. Beast 345 (Boost 1.81) takes more than
// RFC 9112 allows, and what two parsers read differently is how requests are smuggled; so whatever is not exactly
// well-formed is refused here, and the connection with it.
#pragma once

#include <cstddef>
#include <string_view>

#include "web/server/transport/options.h"

namespace rmt::web {

/// For bytes of a head as they come: throws HttpError(400) at a control byte or a line end that is not CR LF, those
/// of `bytes` from `from` on. A last CR may still be followed by its LF.
void check_head_bytes(std::string_view bytes, size_t from = 0);

/// `head` ends with its empty line. Throws HttpError: 400 where it is malformed or its framing is in doubt, 414, 417,
/// 431, 501, 505.
void check_head(std::string_view head, const TransportLimits& limits);

}  // namespace rmt::web
