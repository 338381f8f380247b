# The CUDA side of libtorch, by the files of its wheel: the package file that libtorch ships asks for a whole CUDA
# toolkit (cuBLAS, cuSPARSE, NVRTC, …), of which nothing here needs more than the runtime's headers.
#
# Sets RMTLM_CUDA_TORCH (its folder, empty without one), RMTLM_NVCC (empty without one).
set(RMTLM_CUDA_ARCHITECTURES "80;90;100" CACHE STRING "What our GPU kernels are compiled for; newer GPUs take the last")

# Where a toolkit, or the pip package of its runtime, may be.
set(toolkits $ENV{CUDA_HOME} /usr/local/cuda /usr/local/cuda-13.0)
find_program(RMTLM_NVCC nvcc HINTS ${toolkits} PATH_SUFFIXES bin DOC "The CUDA compiler, for our GPU kernels")
if(RMTLM_NVCC)
  # A wrapper in the PATH says where it is itself; the compiler, where its headers are.
  execute_process(COMMAND ${RMTLM_NVCC} -dryrun -x cu -c /dev/null -o /dev/null ERROR_VARIABLE said OUTPUT_QUIET)
  if(said MATCHES "#\\$ TOP=([^\n]+)")
    get_filename_component(toolkit "${CMAKE_MATCH_1}" REALPATH)
    list(PREPEND toolkits ${toolkit})
  endif()
else()
  set(RMTLM_NVCC "")
endif()

# rmtlm_find_cuda_torch(RESULT ROOT…): the first of the folders that is a torch with CUDA.
function(rmtlm_find_cuda_torch result)
  set(${result} "" PARENT_SCOPE)
  foreach(root IN LISTS ARGN)
    get_filename_component(root "${root}" REALPATH)
    if(EXISTS ${root}/lib/libtorch_cuda.so AND EXISTS ${root}/include/c10/cuda/CUDAStream.h)
      set(${result} ${root} PARENT_SCOPE)
      return()
    endif()
  endforeach()
endfunction()

# rmtlm_add_cuda_torch(NAME ROOT): the libraries and headers of a torch with CUDA as one target. What its libraries
# need of NVIDIA's (cuBLAS, cuDNN, NCCL, …) is found when a program starts, by their own run path, so that linking
# needs neither them nor a GPU.
function(rmtlm_add_cuda_torch name root)
  add_library(${name} INTERFACE IMPORTED GLOBAL)
  target_include_directories(${name} SYSTEM INTERFACE ${root}/include ${root}/include/torch/csrc/api/include)
  target_compile_definitions(${name} INTERFACE USE_DISTRIBUTED)
  target_link_libraries(${name} INTERFACE ${root}/lib/libtorch.so ${root}/lib/libtorch_cpu.so ${root}/lib/libc10.so
                                          ${root}/lib/libc10_cuda.so ${root}/lib/libtorch_cuda.so)
  # Nothing calls into libtorch_cuda by name where only ATen is used; it must be there all the same.
  target_link_options(${name} INTERFACE -Wl,--no-as-needed -Wl,--allow-shlib-undefined -Wl,-rpath,${root}/lib)
endfunction()

# rmtlm_add_cuda_runtime(NAME ROOT): headers and library of the CUDA runtime.
function(rmtlm_add_cuda_runtime name root)
  get_filename_component(site ${root} DIRECTORY)  # where pip keeps packages side by side
  set(homes ${toolkits} ${site}/nvidia/cu13 ${site}/nvidia/cuda_runtime)
  find_path(RMTLM_CUDA_INCLUDE cuda_runtime_api.h HINTS ${homes} PATH_SUFFIXES include NO_DEFAULT_PATH
            DOC "Headers of the CUDA runtime")
  find_library(RMTLM_CUDART NAMES cudart libcudart.so.13 libcudart.so.12 HINTS ${homes} PATH_SUFFIXES lib64 lib
               NO_DEFAULT_PATH DOC "Library of the CUDA runtime")
  if(NOT RMTLM_CUDA_INCLUDE OR NOT RMTLM_CUDART)
    message(FATAL_ERROR "${root} is a torch with CUDA, but the headers or the library of the CUDA runtime are missing "
                        "(cuda_runtime_api.h: ${RMTLM_CUDA_INCLUDE}, libcudart: ${RMTLM_CUDART}). Install the CUDA "
                        "toolkit or pip's nvidia-cuda-runtime, or set CUDA_HOME.")
  endif()
  add_library(${name} INTERFACE IMPORTED GLOBAL)
  target_include_directories(${name} SYSTEM INTERFACE ${RMTLM_CUDA_INCLUDE})
  target_link_libraries(${name} INTERFACE ${RMTLM_CUDART})
endfunction()

# rmtlm_find_nccl(NAME ROOT): header and library of the NCCL that pip put beside that torch, or of the system, as a target;
# none where there is none.
function(rmtlm_find_nccl name root)
  get_filename_component(site ${root} DIRECTORY)
  find_path(RMTLM_NCCL_INCLUDE nccl.h HINTS ${site}/nvidia/nccl PATH_SUFFIXES include DOC "Header of NCCL")
  find_library(RMTLM_NCCL NAMES libnccl.so.2 nccl HINTS ${site}/nvidia/nccl PATH_SUFFIXES lib lib64 DOC "Library of NCCL")
  if(RMTLM_NCCL_INCLUDE AND RMTLM_NCCL)
    add_library(${name} INTERFACE IMPORTED GLOBAL)
    target_include_directories(${name} SYSTEM INTERFACE ${RMTLM_NCCL_INCLUDE})
    target_link_libraries(${name} INTERFACE ${RMTLM_NCCL})
  endif()
endfunction()

# rmtlm_add_cuda_kernels(NAME SOURCE): a static library of one .cu file, which includes no header of torch.
function(rmtlm_add_cuda_kernels name source)
  set(object ${CMAKE_CURRENT_BINARY_DIR}/${name}.o)
  set(targets)
  foreach(architecture IN LISTS RMTLM_CUDA_ARCHITECTURES)
    list(APPEND targets -gencode arch=compute_${architecture},code=sm_${architecture})
  endforeach()
  list(GET RMTLM_CUDA_ARCHITECTURES -1 newest)
  list(APPEND targets -gencode arch=compute_${newest},code=compute_${newest})
  add_custom_command(OUTPUT ${object} DEPFILE ${object}.d DEPENDS ${source} VERBATIM
    COMMENT "Compiling ${source} for CUDA architectures ${RMTLM_CUDA_ARCHITECTURES}"
    COMMAND ${RMTLM_NVCC} -std=c++17 -O3 -Werror all-warnings -Xcompiler -fPIC,-Wall ${targets} -I${PROJECT_SOURCE_DIR}
            -MD -MF ${object}.d -c ${source} -o ${object})
  add_library(${name} STATIC ${object})
  set_target_properties(${name} PROPERTIES LINKER_LANGUAGE CXX)
endfunction()
