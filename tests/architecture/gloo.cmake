# Fails when LIBRARY defines a function, vtable or type of gloo's, or one that its classes in c10d inline.
execute_process(COMMAND ${NM} --demangle --defined-only ${LIBRARY} OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
if(NOT symbols MATCHES "rmt::lm::connect_gloo")
  message(FATAL_ERROR "${LIBRARY} has no rmt::lm::connect_gloo: this test looks at the wrong place")
endif()
set(kind "(vtable for |typeinfo for |typeinfo name for |VTT for |guard variable for )?")
string(REGEX MATCHALL "[^\n]* [A-Za-z] ${kind}(gloo::|c10d::ProcessGroupGloo)[^\n]*" found "${symbols}")
list(FILTER found EXCLUDE REGEX "c10d::ProcessGroupGloo::Options")  # has nothing of gloo's but shared pointers
if(found)
  list(JOIN found "\n" text)
  message(FATAL_ERROR "Compiled from headers of another gloo than libtorch's:\n${text}")
endif()
