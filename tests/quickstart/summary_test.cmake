# summary.awk counts doctest's and unittest's cases one by one, any other entry as one, and fails when one failed.
function(expect log result last_line)
  execute_process(COMMAND awk -f ${SUMMARY} ${log} RESULT_VARIABLE code OUTPUT_VARIABLE output)
  string(STRIP "${output}" output)
  string(REGEX REPLACE ".*\n" "" last "${output}")
  if(NOT last STREQUAL last_line OR NOT code EQUAL result)
    message(FATAL_ERROR "of ${log}: '${last}' with exit code ${code}, not '${last_line}' with ${result}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

# 26 + 1 + 1 (fuzz) + 2 + 4 + 8 + 4 passed; 2 by name, one crash, one refusal and 3 of unittest failed.
expect(${SAMPLE} 1 "46 passed, 7 failed, 1 skipped")
if(NOT output MATCHES "about to crash" OR output MATCHES "no crash")
  message(FATAL_ERROR "only what failed is to be shown in full:\n${output}")
endif()

file(WRITE ${BUILD}/passed.log "1: [doctest] test cases:  2 |  2 passed | 0 failed | 0 skipped\n"
                               "1/1 Test #1: test_a.fast ...   Passed    4.32 sec\n")
expect(${BUILD}/passed.log 0 "2 passed, 0 failed")

file(WRITE ${BUILD}/empty.log "No tests were found!!!\n")
expect(${BUILD}/empty.log 1 "0 passed, 0 failed")
