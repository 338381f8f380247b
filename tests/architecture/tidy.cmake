# clang-tidy 14 with .clang-tidy: the sources without libtorch and Asio, whose headers take it minutes; with -D ALL=ON
# every one.
include(${CMAKE_CURRENT_LIST_DIR}/sources.cmake)
need_tool(clang_tidy clang-tidy-14)
need_tool(run_clang_tidy run-clang-tidy-14)
if(ALL)
  set(files "^${SOURCE}/(app|bench|corpora|lm|model|prover|web)/")
else()
  set(files "^${SOURCE}/(corpora|lm/store|lm/engine|prover)/")
endif()
execute_process(COMMAND ${run_clang_tidy} -clang-tidy-binary ${clang_tidy} -p ${BUILD} -quiet ${files}
                RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE progress)
string(REGEX REPLACE "[^\n]*clang-tidy-14 [^\n]*\n" "" output "${output}")  # the commands, one a file
message("${output}")
if(NOT result EQUAL 0)
  message(FATAL_ERROR "clang-tidy has remarks\n${progress}")
endif()
