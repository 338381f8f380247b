# Defines SentencePiece::sentencepiece: processor and trainer, static where built by
# cmake/build_sentencepiece.sh. -DSentencePiece_ROOT=DIR (or SentencePiece_DIR) names another install.
#
# Debian's libsentencepiece.so is refused: it exports FLAGS_minloglevel, a flag object, under the name
# of a 4-byte integer of libtorch's libc10. The linker binds both to one address and sentencepiece
# overwrites libtorch's flags, silently.
find_path(SentencePiece_INCLUDE_DIR sentencepiece_processor.h HINTS ${SentencePiece_DIR} PATH_SUFFIXES include)
find_library(SentencePiece_LIBRARY NAMES libsentencepiece.a sentencepiece HINTS ${SentencePiece_DIR} PATH_SUFFIXES lib)
# Ours holds the trainer too; an upstream install has it apart.
find_library(SentencePiece_TRAIN_LIBRARY NAMES libsentencepiece_train.a sentencepiece_train HINTS ${SentencePiece_DIR}
             PATH_SUFFIXES lib)
mark_as_advanced(SentencePiece_INCLUDE_DIR SentencePiece_LIBRARY SentencePiece_TRAIN_LIBRARY)

if(SentencePiece_LIBRARY MATCHES "\\.so" AND CMAKE_NM)
  execute_process(COMMAND ${CMAKE_NM} -D --defined-only ${SentencePiece_LIBRARY}
                  OUTPUT_VARIABLE exported ERROR_QUIET)
  if(exported MATCHES "FLAGS_minloglevel")
    set(SentencePiece_REFUSED "${SentencePiece_LIBRARY} exports FLAGS_minloglevel and would overwrite libtorch's \
flags. Build a static one with cmake/build_sentencepiece.sh")
    set(SentencePiece_LIBRARY SentencePiece_LIBRARY-NOTFOUND)
  endif()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(SentencePiece REQUIRED_VARS SentencePiece_LIBRARY SentencePiece_INCLUDE_DIR
                                  REASON_FAILURE_MESSAGE "${SentencePiece_REFUSED}")

if(SentencePiece_FOUND AND NOT TARGET SentencePiece::sentencepiece)
  find_package(Threads REQUIRED)
  add_library(SentencePiece::sentencepiece INTERFACE IMPORTED)
  target_include_directories(SentencePiece::sentencepiece SYSTEM INTERFACE ${SentencePiece_INCLUDE_DIR})
  get_filename_component(prefix ${SentencePiece_INCLUDE_DIR} DIRECTORY)
  if(SentencePiece_TRAIN_LIBRARY MATCHES "^${prefix}/")
    target_link_libraries(SentencePiece::sentencepiece INTERFACE ${SentencePiece_TRAIN_LIBRARY})
  endif()
  target_link_libraries(SentencePiece::sentencepiece INTERFACE ${SentencePiece_LIBRARY} Threads::Threads)
endif()
