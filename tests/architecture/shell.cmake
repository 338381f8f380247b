# The scripts pass shellcheck.
include(${CMAKE_CURRENT_LIST_DIR}/sources.cmake)
need_tool(shellcheck shellcheck)
our_sources(scripts *.sh)
file(GLOB more RELATIVE ${SOURCE} ${SOURCE}/cmake/*.sh)
execute_process(COMMAND ${shellcheck} quickstart .ci/run ${scripts} ${more} WORKING_DIRECTORY ${SOURCE}
                RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "shellcheck has remarks")
endif()
