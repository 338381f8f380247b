# The flags every target of ours shares.
add_library(rmtlm_flags INTERFACE)
target_compile_features(rmtlm_flags INTERFACE cxx_std_20)
target_include_directories(rmtlm_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(rmtlm_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
                                             $<$<BOOL:${RMTLM_WERROR}>:-Werror>)

# rmtlm_library(NAME SOURCES… LINK…): a static library of one module.
function(rmtlm_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK" ${ARGN})
  if(NOT arg_SOURCES)
    set(arg_SOURCES ${PROJECT_SOURCE_DIR}/cmake/empty.cpp)
  endif()
  add_library(${name} STATIC ${arg_SOURCES})
  target_link_libraries(${name} PUBLIC rmtlm_flags ${arg_LINK})
endfunction()

# rmtlm_test(NAME SOURCES… LINK… LABELS…): a doctest binary, and one CTest entry per label given.
# A label other than `fast` runs the test cases of the suite with that name; `fast` runs the rest.
function(rmtlm_test name)
  cmake_parse_arguments(arg "" "TIMEOUT" "SOURCES;LINK;LABELS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE rmtlm_test_main rmtlm_flags ${arg_LINK})
  if(NOT arg_LABELS)
    set(arg_LABELS fast)
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 600)
  endif()
  foreach(label IN LISTS arg_LABELS)
    if(label STREQUAL "fast")
      set(filter --test-suite-exclude=numeric,slow,cuda,http,lean,ui)
    else()
      set(filter --test-suite=${label})
    endif()
    add_test(NAME ${name}.${label} COMMAND ${name} ${filter} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_tests_properties(${name}.${label} PROPERTIES LABELS ${label} TIMEOUT ${arg_TIMEOUT})
  endforeach()
endfunction()
