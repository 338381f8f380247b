#include "web/server/router.h"

#include <algorithm>

#include "tests/support/doctest.h"
#include "web/server/error.h"
#include "web/server/exchange.h"

using namespace rmt::web;

TEST_CASE("paths find their routes") {
  const Router router(
      {{"GET", "/"}, {"GET", "/a/{id}"}, {"PUT", "/a/{id}/b"}, {"GET", "/m/{id*}"}, {"POST", "/a/{id}"}});
  const auto find = [&](const char* method, const char* path) { return router.match(method, path); };
  CHECK(find("GET", "/").route->pattern == "/");
  CHECK(find("GET", "/a/1").arguments == std::vector<std::string>{"1"});
  CHECK(find("HEAD", "/a/1").route->method == "GET");
  CHECK(find("PUT", "/a/1/b").route->pattern == "/a/{id}/b");
  CHECK(find("GET", "/m/x/y/z").arguments == std::vector<std::string>{"x/y/z"});
  for (const char* path : {"/a", "/a/", "/a/1/", "/a/1/c", "//", "/m/", ""})
    CHECK_THROWS_AS(find("GET", path), HttpError);
  CHECK(router.methods("/a/1") == "GET, POST");
  try {
    find("DELETE", "/a/1");
    FAIL("found");
  } catch (const HttpError& error) {
    CHECK(error.status == 405);
    CHECK(error.allow == "GET, POST");
  }
}

TEST_CASE("headers and parameters of a request") {
  Request request;
  request.headers = {{"Content-Type", "text/plain"}, {"X-A", "1"}, {"x-a", "2"}};
  request.query = "a=b+c&d=%C3%A9&e&f=x%zz&a=again";
  CHECK(request.header("content-type") == "text/plain");
  CHECK(request.header("X-a") == "1");
  CHECK(!request.header("x"));
  CHECK(request.parameter("a") == "b c");
  CHECK(request.parameter("d") == "é");
  CHECK(request.parameter("e") == "");
  CHECK(request.parameter("f") == "x%zz");
  CHECK(!request.parameter("g"));
}

TEST_CASE("an error's answer says whether to come again") {
  HttpError error(503, "later \xFF", "field", "code");
  error.retry_after_s = 0.2;
  const Response response = error_response(error);
  CHECK(response.status == 503);
  CHECK(response.body ==
        "{\"error\":{\"message\":\"later "
        "\xEF\xBF\xBD\",\"type\":\"unavailable_error\",\"param\":\"field\",\"code\":\"code\"}}");
  const auto has = [&](const char* name, const char* value) {
    return std::find(response.headers.begin(), response.headers.end(),
                     std::pair<std::string, std::string>(name, value)) != response.headers.end();
  };
  CHECK(has("x-should-retry", "true"));
  CHECK(has("retry-after", "1"));
}
