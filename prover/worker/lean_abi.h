// What we call of libleanshared.so 4.35.0. Arguments are taken over unless said to be borrowed; results are ours. The
// world of IO is erased: such a function takes no token and returns a LeanResult where it may fail, else its value.
//
// All but one are weak: a library of another version then starts too, and gets as far as the check of its version.
#pragma once

#include <cstddef>
#include <cstdint>

#include "prover/worker/lean_object.h"

namespace rmt::prover {

inline constexpr const char* kLeanVersion = "4.35.0";

/// Except of IO: tag 0 with a value, tag 1 with an error.
using LeanResult = LeanValue;

#pragma GCC visibility push(default)
extern "C" {
// NOLINTBEGIN(bugprone-reserved-identifier): the names are Lean's
#define RMTLM_LEAN __attribute__((weak))

// The runtime.
void lean_initialize();  // every version has it: this one makes the library be loaded
RMTLM_LEAN void lean_io_mark_end_initialization();
RMTLM_LEAN LeanValue lean_enable_initializer_execution();
RMTLM_LEAN void lean_init_task_manager();
RMTLM_LEAN void lean_finalize_task_manager();
RMTLM_LEAN void lean_mark_persistent(LeanValue borrowed);
RMTLM_LEAN LeanValue lean_alloc_small_object_core(size_t bytes);
RMTLM_LEAN LeanValue lean_mk_string_from_bytes(const char* bytes, size_t count);
RMTLM_LEAN LeanValue lean_mk_array(LeanValue count, LeanValue element);
RMTLM_LEAN LeanValue lean_st_mk_ref(LeanValue value);
RMTLM_LEAN LeanValue lean_st_ref_get(LeanValue borrowed);

// Values.
RMTLM_LEAN extern LeanValue l_Lean_Options_empty;
RMTLM_LEAN extern LeanValue l_Lean_MessageLog_empty;
RMTLM_LEAN LeanValue l_Lean_Name_str___override(LeanValue prefix, LeanValue string);
RMTLM_LEAN LeanValue l_IO_Error_toString(LeanValue error);

// Files: System.FilePath is a string.
RMTLM_LEAN LeanResult l_Lean_initSearchPath(LeanValue sysroot, LeanValue folders);
RMTLM_LEAN LeanValue l_Lean_Parser_mkInputContext(LeanValue input, LeanValue file_name, uint8_t normalize,
                                                  LeanValue end, LeanValue proof);
/// (header, parser state, messages).
RMTLM_LEAN LeanResult l_Lean_Parser_parseHeader(LeanValue input_context);
/// (environment, messages).
RMTLM_LEAN LeanResult l_Lean_Elab_processHeader(LeanValue header, LeanValue options, LeanValue messages,
                                                LeanValue input_context, uint32_t trust_level, LeanValue plugins,
                                                uint8_t leak_environment, LeanValue main_module);
RMTLM_LEAN LeanValue l_Lean_Elab_HeaderSyntax_imports(LeanValue header, uint8_t include_init);

// Commands.
RMTLM_LEAN LeanValue l_Lean_Elab_Command_mkState(LeanValue environment, LeanValue messages, LeanValue options);
/// (syntax, parser state, messages).
RMTLM_LEAN LeanValue l_Lean_Parser_parseCommand(LeanValue input_context, LeanValue module_context,
                                                LeanValue parser_state, LeanValue messages);
RMTLM_LEAN uint8_t l_Lean_Parser_isTerminalCommand(LeanValue syntax);
RMTLM_LEAN LeanResult l_Lean_Elab_Frontend_elabCommandAtFrontend(LeanValue syntax, LeanValue borrowed_input_context,
                                                                 LeanValue borrowed_state);

// What came of them.
RMTLM_LEAN LeanValue l_Lean_MessageLog_toArray(LeanValue borrowed_log);
RMTLM_LEAN LeanValue l_Lean_Message_toJson(LeanValue message);
RMTLM_LEAN LeanValue l_Lean_Json_compress(LeanValue json);
RMTLM_LEAN LeanValue l_Lean_Language_SnapshotTask_get___redArg(LeanValue task);
RMTLM_LEAN LeanValue l_Lean_Language_SnapshotTree_getAll(LeanValue tree);
RMTLM_LEAN LeanValue l_Lean_Environment_constants(LeanValue environment);
RMTLM_LEAN LeanValue l_Lean_PersistentHashMap_toList___redArg(LeanValue map);

#undef RMTLM_LEAN
// NOLINTEND(bugprone-reserved-identifier)
}
#pragma GCC visibility pop

}  // namespace rmt::prover
