// What TLS needs, read and checked at the start.
#pragma once

#include <boost/asio/ssl/context.hpp>

#include "web/server/transport/options.h"

namespace rmt::web {

/// TLS 1.2 and newer. Throws TransportError naming the file that cannot be used and why.
boost::asio::ssl::context tls_context(const TlsFiles& files);

}  // namespace rmt::web
