// The web page's files, from a folder and from the program.
#include "web/ui/ui_files.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "tests/support/doctest.h"
#include "tests/support/temporary_folder.h"

using rmt::web::StaticFile;
using namespace rmt::tests;

namespace {

const StaticFile* find(const std::vector<StaticFile>& files, std::string_view path) {
  const auto file = std::ranges::find(files, path, &StaticFile::path);
  return file == files.end() ? nullptr : &*file;
}

void write(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace

TEST_CASE("a folder's files are served under their paths") {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "assets");
  write(folder / "index.html", "<p>page</p>");
  write(folder / "assets/a.js", "1");
  write(folder / "assets/unknown.bin", std::string("\0\1", 2));
  const auto files = rmt::web::ui_in_folder(folder.path().string());
  CHECK(files.size() == 3);
  const StaticFile* page = find(files, "/index.html");
  REQUIRE(page != nullptr);
  CHECK(page->content == "<p>page</p>");
  CHECK(page->content_type == "text/html; charset=utf-8");
  CHECK(page->content_encoding.empty());
  CHECK(!page->immutable);  // it is being worked on
  const StaticFile* script = find(files, "/assets/a.js");
  REQUIRE(script != nullptr);
  CHECK(script->content_type == "text/javascript; charset=utf-8");
  const StaticFile* other = find(files, "/assets/unknown.bin");
  REQUIRE(other != nullptr);
  CHECK(other->content_type == "application/octet-stream");
  CHECK(other->content.size() == 2);
}

TEST_CASE("a folder that holds no page is refused") {
  const TemporaryFolder folder;
  CHECK_THROWS_WITH_AS(rmt::web::ui_in_folder(folder.path().string()), doctest::Contains("index.html"),
                       std::runtime_error);
  CHECK_THROWS_AS(rmt::web::ui_in_folder(folder / "none"), std::runtime_error);
}

TEST_CASE("what is built in is packed, named by its content, and has a page") {
  const auto files = rmt::web::embedded_ui();
  if (files.empty()) {
    MESSAGE("this build has no web page (RMTLM_UI)");
    CHECK(files.empty());
    return;
  }
  const StaticFile* page = find(files, "/index.html");
  REQUIRE(page != nullptr);
  CHECK(!page->immutable);
  for (const StaticFile& file : files) {
    CAPTURE(file.path);
    CHECK(file.content_encoding == "gzip");
    CHECK(file.content.starts_with("\x1f\x8b"));
    CHECK(file.etag.size() == 34);
    CHECK(file.etag.front() == '"');
    CHECK(file.immutable == file.path.starts_with("/assets/"));
    const auto same = [&](const StaticFile& other) { return other.etag == file.etag; };
    CHECK(std::ranges::count_if(files, same) == 1);
  }
}
