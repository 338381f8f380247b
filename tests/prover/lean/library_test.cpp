// The core library as a whole: how much it proves, from what, and what it leaves out.
#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/prover/lean/lean_program.h"
#include "tests/support/doctest.h"
#include "tests/support/temporary_folder.h"

using namespace rmt::tests;  // NOLINT(google-build-using-namespace)

namespace {

const std::filesystem::path kSources = "prover/lean/Rmt";

/// Full names of the theorems of one source, which follow from the namespaces around them.
std::vector<std::string> theorems_of(const std::string& source) {
  static const std::regex theorem(R"(^(?:@\[[^\]]*\] )?(?:protected )?theorem (\S+).*)");
  std::vector<std::string> names, around;
  std::stringstream lines(source);
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (line.starts_with("namespace ")) {
      around.push_back(line.substr(10) + ".");
    } else if (line.starts_with("end ") && !around.empty() && around.back() == line.substr(4) + ".") {
      around.pop_back();
    } else if (std::regex_match(line, match, theorem)) {
      std::string name;
      for (const std::string& space : around) name += space;
      names.push_back(name + match.str(1));
    }
  }
  return names;
}

std::vector<std::string> theorems_of_the_library() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kSources)) {
    if (entry.path().extension() != ".lean") continue;
    for (const std::string& name : theorems_of(read_file(entry.path()))) names.push_back(name);
  }
  return names;
}

std::set<std::string> axioms_in(const std::string& message) {
  std::set<std::string> axioms;
  const size_t open = message.find('[');
  if (open == std::string::npos) return axioms;
  std::string list = message.substr(open + 1, message.rfind(']') - open - 1);
  std::ranges::replace(list, ',', ' ');
  std::stringstream words(list);
  for (std::string word; words >> word;) axioms.insert(word);
  return axioms;
}

}  // namespace

TEST_SUITE("lean") {
  TEST_CASE("at least 300 theorems, none from anything but the three axioms") {
    if (!lean_is_built()) return;
    const std::vector<std::string> names = theorems_of_the_library();
    std::string file;
    for (const std::string& name : names) file += "#print axioms " + name + "\n";
    const std::vector<LeanMessage> messages = lean_on(file);
    MESSAGE(names.size() << " theorems");
    CHECK(names.size() >= 300);
    REQUIRE(messages.size() == names.size());
    const std::set<std::string> allowed{"propext", "Classical.choice", "Quot.sound"};
    for (size_t i = 0; i < names.size(); ++i) {
      CAPTURE(names[i]);
      CAPTURE(messages[i].text);
      CHECK(messages[i].severity == "information");
      CHECK(messages[i].text.find("axioms") != std::string::npos);
      CHECK(std::ranges::includes(allowed, axioms_in(messages[i].text)));
    }
  }

  TEST_CASE("a file that asks for Rmt by name, without Init") {
    if (!lean_is_built()) return;
    CHECK(lean_on("prelude\nimport Rmt\ntheorem t (l : List Nat) : l.reverse.reverse = l := by simp\n").empty());
  }

  // The kernel computes these with big numbers of its own. What it computes has to be what their definitions say, or it
  // would prove False: their laws are theorems of the library, and here the digits.
  TEST_CASE("what the kernel computes on literals is what the definitions say") {
    if (!lean_is_built()) return;
    CHECK(lean_on(R"(
example : Nat.bitwise Bool.and (202 + 172) 202 172 = Nat.land 202 172 := by decide +kernel
example : Nat.bitwise Bool.or (202 + 172) 202 172 = Nat.lor 202 172 := by decide +kernel
example : Nat.bitwise bne (202 + 172) 202 172 = Nat.xor 202 172 := by decide +kernel
example : Nat.bitwise Bool.and (0 + 5) 0 5 = Nat.land 0 5 := by decide +kernel
example : Nat.bitwise Bool.or (0 + 5) 0 5 = Nat.lor 0 5 := by decide +kernel
example : Nat.gcdSteps 84 84 36 = Nat.gcd 84 36 := by decide +kernel
example : Nat.gcdSteps 0 0 36 = Nat.gcd 0 36 := by decide +kernel
example : Nat.land 202 172 = 136 ∧ Nat.lor 202 172 = 238 ∧ Nat.xor 202 172 = 102 := by decide +kernel
example : 17 / 5 = 3 ∧ 17 % 5 = 2 ∧ 17 / 0 = 0 ∧ 17 % 0 = 17 ∧ 3 - 5 = 0 ∧ 0 ^ 0 = 1 := by decide +kernel
example : Nat.log2 0 = 0 ∧ Nat.log2 1 = 0 ∧ Nat.log2 1023 = 9 ∧ Nat.log2 1024 = 10 := by decide +kernel
example : 5 <<< 3 = 40 ∧ 41 >>> 3 = 5 ∧ Nat.gcd 84 36 = 12 ∧ Nat.pred 0 = 0 := by decide +kernel
example : "ab" = String.ofList [Char.ofNat 97, Char.ofNat 98] := rfl
)")
              .empty());
  }

  TEST_CASE("nobody redefines what the kernel computes") {
    if (!lean_is_built()) return;
    const std::vector<std::string> names{"add",  "sub", "mul", "div", "mod",  "gcd",       "beq",       "ble",
                                         "land", "lor", "xor", "pow", "log2", "shiftLeft", "shiftRight"};
    std::string file;
    for (const std::string& name : names) file += "def Nat." + name + " (n m : Nat) : Nat := 0\n";
    const std::vector<LeanMessage> messages = lean_on(file);
    REQUIRE(messages.size() == names.size());
    for (size_t i = 0; i < names.size(); ++i)
      CHECK(messages[i].text == "`Nat." + names[i] + "` has already been declared");
  }

  TEST_CASE("tactics that run programs or read files are not in the grammar") {
    if (!lean_is_built()) return;
    for (const char* proof : {"run_tac pure ()", "native_decide", "sleep 1", "exact include_str \"/etc/passwd\"",
                              "exact by_elab pure x", "grind", "bv_decide", "admit", "dbg_trace \"x\"; rfl"}) {
      CAPTURE(proof);
      const auto messages = lean_on("example : 1 = 1 := by\n  " + std::string(proof) + "\n");
      REQUIRE(!messages.empty());
      CHECK(messages[0].severity == "error");
    }
    for (const char* command : {"run_cmd pure ()", "run_meta pure ()", "simproc x (_ + _) := fun _ => pure",
                                "test_extern Nat.add 1 2", "initialize pure ()"}) {
      CAPTURE(command);
      const auto messages = lean_on(std::string(command) + "\n");
      REQUIRE(!messages.empty());
      CHECK(messages[0].severity == "error");
    }
  }
}
