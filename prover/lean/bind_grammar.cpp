// Writes Rmt/Grammar.lean: declarations that bind the grammar inside Lean's shared library to a core library of our
// own. Lean has the parsers, macros and printers of its notation as native constants, but no .olean that declares them.
// An `opaque` constant marked `extern` gets the native value of the same name, so one line brings each of them back.
//
//   bind_grammar grammar.txt > Grammar.lean
#include <dlfcn.h>
#include <link.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <regex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

// What Lean's runtime exports: initialisation of its modules, so that every constant has its value.
extern "C" void lean_initialize_runtime_module();
extern "C" void* initialize_Init(std::uint8_t builtin);
extern "C" int lean_main(int argc, char** argv);

namespace {

using Name = std::vector<std::string>;

struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// --- names and symbols ---------------------------------------------------------------------------

Name split(const std::string& text, char at) {
  Name parts;
  std::stringstream in(text);
  for (std::string part; std::getline(in, part, at);) parts.push_back(part);
  return parts;
}

std::string join(const Name& name, const char* by) {
  std::string text;
  for (const std::string& part : name) text += (text.empty() ? "" : by) + part;
  return text;
}

std::u32string code_points(const std::string& utf8) {
  std::u32string points;
  for (unsigned char byte : utf8) {
    if (byte < 0x80) {
      points.push_back(byte);
    } else if (byte >= 0xC0) {
      points.push_back(byte & (byte >= 0xF0 ? 0x07 : byte >= 0xE0 ? 0x0F : 0x1F));
    } else {
      points.back() = points.back() << 6 | (byte & 0x3F);
    }
  }
  return points;
}

std::string utf8(char32_t point) {
  std::string bytes;
  if (point < 0x80) return {static_cast<char>(point)};
  const int more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  bytes.push_back(static_cast<char>((0xFF00 >> (more + 1) & 0xFF) | point >> 6 * more));
  for (int i = more - 1; i >= 0; --i) bytes.push_back(static_cast<char>(0x80 | (point >> 6 * i & 0x3F)));
  return bytes;
}

bool is_letter_or_digit(char32_t point) {
  return (point >= 'a' && point <= 'z') || (point >= 'A' && point <= 'Z') || (point >= '0' && point <= '9');
}

/// One component of a name, as Lean's compiler writes it in a symbol.
std::string mangle(const std::string& component) {
  std::string symbol;
  for (char32_t point : code_points(component)) {
    char escaped[16];
    if (is_letter_or_digit(point)) {
      symbol.push_back(static_cast<char>(point));
    } else if (point == '_') {
      symbol += "__";
    } else {
      std::snprintf(escaped, sizeof escaped,
                    point < 0x100     ? "_x%02x"
                    : point < 0x10000 ? "_u%04x"
                                      : "_U%08x",
                    static_cast<unsigned>(point));
      symbol += escaped;
    }
  }
  return symbol;
}

std::string mangle(const Name& name) {
  std::string symbol = "l";
  for (const std::string& component : name) symbol += "_" + mangle(component);
  return symbol;
}

std::string unmangle(const std::string& component) {
  std::string text;
  for (std::size_t i = 0; i < component.size(); ++i) {
    if (component[i] != '_') {
      text.push_back(component[i]);
      continue;
    }
    const char escape = component.at(++i);
    if (escape == '_') {
      text.push_back('_');
      continue;
    }
    const std::size_t digits = escape == 'x' ? 2 : escape == 'u' ? 4 : 8;
    text += utf8(static_cast<char32_t>(std::stoul(component.substr(i + 1, digits), nullptr, 16)));
    i += digits;
  }
  return text;
}

/// As Lean source: `Lean.Parser.Tactic.«tactic_<;>_»`.
std::string quoted(const Name& name) {
  Name parts;
  for (const std::string& part : name) {
    const bool plain = std::all_of(part.begin(), part.end(), [](unsigned char c) {
      return c < 0x80 && (is_letter_or_digit(c) || std::strchr("_'?!", c) != nullptr);
    });
    const bool starts = !part.empty() && !std::isdigit(static_cast<unsigned char>(part[0])) && part[0] != '\'';
    parts.push_back(plain && starts ? part : "«" + part + "»");
  }
  return join(parts, ".");
}

// --- Lean's objects ------------------------------------------------------------------------------

/// {int refcount; u16 size; u8 fields; u8 tag}, then the fields.
struct Object {
  std::int32_t refcount;
  std::uint16_t size;
  std::uint8_t fields;
  std::uint8_t tag;
  const Object* field[4];
};

constexpr std::uint8_t kNode = 3, kTrailingNode = 4, kNodeWithAntiquot = 9;  // constructors of Lean.ParserDescr

const char* string_of(const Object* object) {
  return reinterpret_cast<const char*>(object) + 32;
}

Name name_of(const Object* object) {
  Name name;
  for (; (reinterpret_cast<std::uintptr_t>(object) & 1) == 0; object = object->field[0]) {
    if (object->tag != 1) throw Error("a syntax kind with a number in its name");
    name.insert(name.begin(), string_of(object->field[1]));
  }
  return name;
}

/// The native description of a syntax. Throws where there is none, or where it is another's.
const Object& description(const Name& name) {
  auto* const* const value = static_cast<const Object* const*>(dlsym(RTLD_DEFAULT, mangle(name).c_str()));
  if (value == nullptr) throw Error("this Lean has no syntax " + join(name, "."));
  const Object& found = **value;
  const int kind_at = found.tag == kNodeWithAntiquot ? 1 : 0;
  const bool is_syntax = found.tag == kNode || found.tag == kTrailingNode || found.tag == kNodeWithAntiquot;
  if (!is_syntax || name_of(found.field[kind_at]) != name) throw Error(join(name, ".") + " is not a syntax");
  return found;
}

/// Names of every symbol that Lean's shared library exports: its dynamic string table.
std::vector<std::string_view> symbols() {
  Dl_info info{};
  link_map* map = nullptr;
  if (dladdr1(reinterpret_cast<void*>(&lean_main), &info, reinterpret_cast<void**>(&map), RTLD_DL_LINKMAP) == 0) {
    throw Error("the shared library of Lean is not loaded");
  }
  const char* table = nullptr;
  std::size_t size = 0;
  for (const ElfW(Dyn)* entry = map->l_ld; entry->d_tag != DT_NULL; ++entry) {
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the dynamic section holds addresses as integers
    if (entry->d_tag == DT_STRTAB) table = reinterpret_cast<const char*>(entry->d_un.d_ptr);
    if (entry->d_tag == DT_STRSZ) size = entry->d_un.d_val;
  }
  std::vector<std::string_view> all;
  for (std::size_t at = 0; at < size; at += all.back().size() + 1) all.emplace_back(table + at);
  return all;
}

/// Functions that Lean's `notation`, `macro_rules` and the like named after what they are for:
/// `NAMESPACE._aux_MODULE___ROLE_TARGET_NUMBER`, by role and target with `_` for every dot.
class Auxiliary {
 public:
  explicit Auxiliary(const std::vector<std::string_view>& symbols) {
    for (std::string_view symbol : symbols) {
      const std::size_t at = symbol.find("__aux__Init__");
      if (symbol.starts_with("l_") && at != std::string_view::npos) add(std::string(symbol), at);
    }
  }

  const std::vector<Name>& of(const std::string& role, const Name& target) {
    return functions_[role + "_" + join(target, "_")];
  }

 private:
  void add(const std::string& symbol, std::size_t at) {
    static const std::regex component_pattern("(__|_x[0-9a-f]{2}|_u[0-9a-f]{4}|_U[0-9a-f]{8}|[A-Za-z0-9])*__[0-9]+");
    const std::string component = symbol.substr(at);
    if (!std::regex_match(component, component_pattern)) return;  // made from such a function, not one itself
    Name name = at == 2 ? Name{} : split(symbol.substr(2, at - 3), '_');
    name.push_back(unmangle(component));
    static const std::regex pattern("_aux_Init_.*?___(macroRules|unexpand)_(.*)_[0-9]+");
    std::smatch match;
    if (std::regex_match(name.back(), match, pattern)) functions_[match.str(1) + "_" + match.str(2)].push_back(name);
  }

  std::map<std::string, std::vector<Name>> functions_;
};

// --- the module ----------------------------------------------------------------------------------

struct Entry {
  std::string category;
  std::string text;
};

std::vector<Entry> read_list(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw Error("cannot read " + path);
  std::vector<Entry> entries;
  std::string category;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    if (line.starts_with('[') && line.ends_with(']')) {
      category = line.substr(1, line.size() - 2);
      continue;
    }
    std::stringstream words(line);
    for (std::string word; words >> word;) entries.push_back({category, word});
  }
  return entries;
}

void declare(std::ostream& out, const std::string& attribute, const Name& name, const std::string& type) {
  out << "@[extern \"native\"" << (attribute.empty() ? "" : ", " + attribute) << "] opaque " << quoted(name) << " : "
      << type << "\n";
}

void write_category(std::ostream& out, const std::string& text) {
  const Name parts = split(text, ':');
  out << "declare_syntax_cat " << parts[0];
  if (parts.size() > 1) out << " (behavior := " << parts[1] << ")";
  out << "\n";
}

void write_syntax(std::ostream& out, const Entry& entry) {
  const Name name = split(entry.text, '.');
  const bool trailing = description(name).tag == kTrailingNode;
  declare(out, entry.category == "part" ? "" : entry.category + "_parser", name,
          trailing ? "Lean.TrailingParserDescr" : "Lean.ParserDescr");
}

void write_unexpander(std::ostream& out, const Entry& entry, Auxiliary& auxiliary) {
  const Name parts = split(entry.text, '=');
  const Name constant = split(parts[0], '.');
  const std::vector<Name> printers =
      parts.size() > 1 ? std::vector<Name>{split(parts[1], '.')} : auxiliary.of("unexpand", constant);
  if (printers.empty()) throw Error("this Lean has no unexpander for " + parts[0]);
  for (const Name& printer : printers) {
    declare(out, "app_unexpander " + quoted(constant), printer, "Lean.PrettyPrinter.Unexpander");
  }
}

void write_module(std::ostream& out, const std::vector<Entry>& entries, Auxiliary& auxiliary) {
  out << "prelude\nimport Rmt.Syntax\n\n/-! Generated by bind_grammar from grammar.txt. -/\n\n";
  for (const Entry& entry : entries) {
    if (entry.category == "categories") {
      write_category(out, entry.text);
    } else if (entry.category != "unexpander") {
      write_syntax(out, entry);
    }
  }
  for (const Entry& entry : entries) {
    if (entry.category == "categories") continue;
    if (entry.category == "unexpander") {
      write_unexpander(out, entry, auxiliary);
      continue;
    }
    const Name name = split(entry.text, '.');
    for (const Name& macro : auxiliary.of("macroRules", name))
      declare(out, "macro " + quoted(name), macro, "Lean.Macro");
  }
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 2) throw Error("usage: bind_grammar grammar.txt > Grammar.lean");
  lean_initialize_runtime_module();
  initialize_Init(1);
  Auxiliary auxiliary(symbols());
  write_module(std::cout, read_list(argv[1]), auxiliary);
  return std::cout.flush() ? 0 : 1;
} catch (const std::exception& error) {
  std::cerr << "bind_grammar: " << error.what() << "\n";
  return 1;
}
