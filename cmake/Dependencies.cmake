# Everything the build links. Debian packages come from the system; libtorch and sentencepiece
# come from RMTLM_DEPS, which ./quickstart fills. A user's -DTorch_DIR or -DSentencePiece_DIR wins.
set(RMTLM_DEPS ${PROJECT_SOURCE_DIR}/build/deps CACHE PATH "Where ./quickstart put libtorch and sentencepiece")
list(APPEND CMAKE_PREFIX_PATH ${RMTLM_DEPS}/torch ${RMTLM_DEPS}/sentencepiece)

find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
if(RMTLM_TORCH)
  find_package(Torch REQUIRED)
endif()

if(NOT RMTLM_MODEL_ONLY)
  find_package(PkgConfig REQUIRED)
  find_package(SQLite3 REQUIRED)
  find_package(LibArchive REQUIRED)
  find_package(fmt 9 REQUIRED)
  pkg_check_modules(zstd REQUIRED IMPORTED_TARGET libzstd)
  pkg_check_modules(utf8proc REQUIRED IMPORTED_TARGET libutf8proc)
  # Headers only. Older ones lack what the server is written with; BoostConfig.cmake is not asked, since a source
  # install has none.
  find_path(Boost_INCLUDE_DIR boost/beast/version.hpp DOC "Where Boost's headers are")
  set(Boost_FOUND_VERSION 0)
  if(Boost_INCLUDE_DIR)
    file(STRINGS ${Boost_INCLUDE_DIR}/boost/version.hpp boost_version REGEX "define BOOST_VERSION [0-9]+")
    string(REGEX REPLACE ".* ([0-9]+).*" "\\1" boost_version "${boost_version}")
    math(EXPR boost_major "${boost_version} / 100000")
    math(EXPR boost_minor "${boost_version} / 100 % 1000")
    set(Boost_FOUND_VERSION ${boost_major}.${boost_minor})
  endif()
  if(Boost_FOUND_VERSION VERSION_LESS 1.81)
    message(FATAL_ERROR "The server needs the headers of Boost 1.81 or newer, and found: ${Boost_INCLUDE_DIR} "
                        "(${Boost_FOUND_VERSION}). Debian: libboost1.81-dev. Elsewhere: -DBoost_INCLUDE_DIR=DIR")
  endif()
  if(NOT TARGET Boost::headers)
    add_library(Boost::headers INTERFACE IMPORTED)
    target_include_directories(Boost::headers SYSTEM INTERFACE ${Boost_INCLUDE_DIR})
  endif()
  if(RMTLM_TOKENIZERS)
    find_package(SentencePiece REQUIRED)
  endif()
  if(RMTLM_TESTS)
    find_package(doctest 2.4 REQUIRED)
  endif()
endif()

if(RMTLM_PROGRAM)
  find_package(CLI11 2.1 REQUIRED)
  find_package(spdlog REQUIRED)
  pkg_check_modules(tomlplusplus REQUIRED IMPORTED_TARGET tomlplusplus)

  # The libtorch wheel carries the headers of another fmt (12), which would hide those of the fmt that
  # we and spdlog link. This folder goes before libtorch's in the search order (see RmtlmTargets).
  get_target_property(fmt_include fmt::fmt INTERFACE_INCLUDE_DIRECTORIES)
  set(RMTLM_FIRST_INCLUDE ${PROJECT_BINARY_DIR}/include_first)
  file(MAKE_DIRECTORY ${RMTLM_FIRST_INCLUDE})
  file(CREATE_LINK ${fmt_include}/fmt ${RMTLM_FIRST_INCLUDE}/fmt SYMBOLIC)
endif()

# libtorch exports the gloo it was built with and ships no header of it. Only headers of Debian's are used, to pass
# gloo's objects on; its library is not linked.
if(RMTLM_PROGRAM AND RMTLM_PROCESS_GROUP)
  find_path(GLOO_INCLUDE_DIR gloo/context.h DOC "Where gloo's headers are")
  if(NOT GLOO_INCLUDE_DIR)
    message(WARNING "There are no headers of gloo (Debian: libgloo-dev): rmt-lm will train in one process only.")
    set(RMTLM_PROCESS_GROUP OFF)
  endif()
endif()
