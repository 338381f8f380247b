// Each rule, on sources that break it: a rule that finds nothing anywhere would check nothing.
#include "tests/architecture/rules.h"

#include "tests/support/doctest.h"

namespace rmt::architecture {
namespace {

/// Sources with the files that others include.
std::vector<SourceFile> tree(const std::string& path, const std::string& text) {
  return {parse_source(path, text),
          parse_source("corpora/document.h", "#pragma once\n"),
          parse_source("lm/store/store.h", "#pragma once\n"),
          parse_source("model/backbone.h", "#pragma once\n#include <ATen/core/Tensor.h>\n"),
          parse_source("lm/engine/generator.h", "#pragma once\n"),
          parse_source("lm/eval/result.h", "#pragma once\n#include \"model/backbone.h\"\n"),
          parse_source("web/server/routes.h", "#pragma once\n")};
}

Findings foreign(const std::string& path, const std::string& include) {
  return foreign_includes(tree(path, "#pragma once\n#include \"" + include + "\"\n"));
}

TEST_CASE("arrows that exist") {
  CHECK(foreign("app/eval.cpp", "web/server/routes.h").empty());
  CHECK(foreign("app/eval.cpp", "model/backbone.h").empty());
  CHECK(foreign("lm/eval/a.cpp", "model/backbone.h").empty());
  CHECK(foreign("lm/eval/a.cpp", "lm/store/store.h").empty());
  CHECK(foreign("web/a.cpp", "lm/engine/generator.h").empty());
  CHECK(foreign("prover/a.cpp", "lm/engine/generator.h").empty());
  CHECK(foreign("lm/streams/a.cpp", "lm/engine/generator.h").empty());
  CHECK(foreign("app/a.cpp", "lm/engine/generator.h").empty());
  CHECK(foreign("lm/engine/a.cpp", "corpora/document.h").empty());
  CHECK(foreign("lm/engine/a.cpp", "lm/store/store.h").empty());
  CHECK(foreign("tests/lm/a.cpp", "web/server/routes.h").empty());
}

TEST_CASE("arrows that do not") {
  CHECK(foreign("model/a.cpp", "corpora/document.h") ==
        Findings{"model/a.cpp:2: model must not include corpora/document.h"});
  CHECK(foreign("corpora/a.h", "model/backbone.h").size() == 1);
  CHECK(foreign("lm/store/a.cpp", "lm/eval/result.h").size() == 1);
  CHECK(foreign("lm/store/a.cpp", "corpora/document.h").size() == 1);
  CHECK(foreign("lm/eval/a.cpp", "web/server/routes.h").size() == 1);
  CHECK(foreign("web/a.cpp", "lm/eval/result.h").size() == 1);
  CHECK(foreign("web/a.cpp", "model/backbone.h").size() == 1);
  CHECK(foreign("prover/a.cpp", "web/server/routes.h").size() == 1);
  CHECK(foreign("lm/engine/a.cpp", "model/backbone.h") ==
        Findings{"lm/engine/a.cpp:2: lm/engine must not include model/backbone.h"});
  CHECK(foreign("lm/engine/a.cpp", "lm/eval/result.h").size() == 1);
  CHECK(foreign("corpora/a.cpp", "lm/engine/generator.h").size() == 1);
  CHECK(foreign("model/a.cpp", "lm/engine/generator.h").size() == 1);
}

TEST_CASE("an include that is not from the root") {
  CHECK(foreign("lm/eval/a.cpp", "result.h") == Findings{"lm/eval/a.cpp:2: no file result.h from the root"});
}

TEST_CASE("libtorch where it does not belong") {
  CHECK(torch_includes(tree("corpora/a.h", "#include <c10/util/Exception.h>")) ==
        Findings{"corpora/a.h:1: reaches libtorch -> c10/util/Exception.h"});
  CHECK(torch_includes(tree("web/a.cpp", "#include \"lm/eval/result.h\"")) ==
        Findings{"web/a.cpp:1: reaches libtorch -> lm/eval/result.h -> model/backbone.h -> ATen/core/Tensor.h"});
  CHECK(torch_includes(tree("lm/engine/a.cpp", "#include \"lm/eval/result.h\"")).size() == 1);
  CHECK(torch_includes(tree("lm/eval/a.cpp", "#include <torch/torch.h>")).size() == 1);
  CHECK(torch_includes(tree("model/a.cpp", "#include <ATen/ATen.h>")).size() == 1);
  CHECK(torch_includes(tree("lm/train/a.cpp", "#include <torch/torch.h>")).empty());
  CHECK(torch_includes(tree("model/a.cpp", "#include <ATen/ops/add.h>")).empty());
}

TEST_CASE("doctest by another door") {
  CHECK(direct_doctest(tree("tests/lm/a_test.cpp", "#include <doctest/doctest.h>")).size() == 1);
  CHECK(direct_doctest(tree("tests/support/doctest.h", "#include <doctest/doctest.h>")).empty());
}

TEST_CASE("a header that includes itself through another") {
  CHECK(include_cycles({parse_source("lm/a.h", "#include \"lm/b.h\""), parse_source("lm/b.h", "#include \"lm/a.h\"")})
            .size() == 2);
  CHECK(include_cycles({parse_source("lm/a.h", "#include \"lm/b.h\""), parse_source("lm/b.h", "")}).empty());
}

TEST_CASE("house rules broken") {
  const auto broken = [](const std::string& path, const std::string& text) {
    return house_rules({parse_source(path, text)}).size();
  };
  CHECK(broken("lm/util/a.cpp", "") == 1);
  CHECK(broken("common/a.cpp", "") == 1);
  CHECK(broken("lm/utility/a.cpp", "") == 0);
  CHECK(broken("lm/a.cpp", std::string("// TO") + "DO: more\n") == 1);
  CHECK(broken("lm/a.h", "int a();\n") == 1);
  CHECK(broken("lm/a.h", "#pragma once\nint a();\n") == 0);
  CHECK(broken("lm/a.cpp", std::string(601, '\n')) == 1);
  CHECK(broken("lm/a.cpp", std::string(600, '\n')) == 0);
}

}  // namespace
}  // namespace rmt::architecture
