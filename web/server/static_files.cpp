#include "web/server/static_files.h"

#include <algorithm>
#include <memory>

namespace rmt::web {
namespace {

constexpr std::string_view kPlainPage = R"html(<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>rmt-lm</title></head>
<body>
<h1>rmt-lm</h1>
<p>This server reads and continues texts of any length. It speaks the protocol of OpenAI's completions at
<code>/v1</code>; <a href="/openapi.json">openapi.json</a> describes all of it.</p>
</body>
</html>
)html";

/// Nothing from elsewhere is loaded, nobody frames the page, and nothing of its address leaves it.
HeaderList page_headers(const StaticFile& file) {
  HeaderList headers = {{"content-type", file.content_type},
                        {"content-security-policy",
                         "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
                         "object-src 'none'"},
                        {"x-content-type-options", "nosniff"},
                        {"referrer-policy", "no-referrer"},
                        {"cross-origin-opener-policy", "same-origin"},
                        {"cache-control", file.immutable ? "public, max-age=31536000, immutable" : "no-cache"}};
  if (!file.content_encoding.empty()) headers.emplace_back("content-encoding", file.content_encoding);
  if (!file.etag.empty()) headers.emplace_back("etag", file.etag);
  return headers;
}

boost::asio::awaitable<void> send_file(std::shared_ptr<const StaticFile> file, Exchange& exchange) {
  Response response{200, page_headers(*file), {}};
  const auto known = exchange.request().header("if-none-match");
  if (known && !file->etag.empty() && known->find(file->etag) != std::string_view::npos)
    response.status = 304;
  else
    response.body = file->content;
  co_await exchange.respond(std::move(response));
}

Route route_of(const std::string& path, std::shared_ptr<const StaticFile> file) {
  Route route{"GET", path, false};
  route.http = [file = std::move(file)](Exchange& exchange, const Call&) { return send_file(file, exchange); };
  return route;
}

}  // namespace

std::vector<Route> static_routes(std::vector<StaticFile> files) {
  const auto is_index = [](const StaticFile& file) { return file.path == "/index.html"; };
  if (std::ranges::none_of(files, is_index))
    files.push_back({"/index.html", "text/html; charset=utf-8", std::string(kPlainPage), "", "", false});
  std::vector<Route> routes;
  for (StaticFile& file : files) {
    const bool index = is_index(file);
    const auto shared = std::make_shared<const StaticFile>(std::move(file));
    if (index) routes.push_back(route_of("/", shared));
    routes.push_back(route_of(shared->path, shared));
  }
  return routes;
}

}  // namespace rmt::web
