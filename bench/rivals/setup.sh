#!/usr/bin/env bash
# Makes what bench/run compares with, under build/bench; each part once. Nothing of it is needed to
# build or use rmt-lm.
#
#   setup.sh PART…     venv      Python rivals at pinned versions (requirements.txt)
#                      llama     llama.cpp, built for this CPU from the sdist of llama-cpp-python
#                      text      a real text of 41 MB: Metamath's set.mm, public domain
#                      programs  rmt-lm and the C++ programs of bench/, in build/release
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
here=$root/bench/rivals
build=$root/build/bench
torch=2.13.0+cpu
llama_cpp_python=0.3.36

venv() {
  local stamp=$build/venv/.made_from
  cmp -s "$here/requirements.txt" "$stamp" && return
  [ -x "$build/venv/bin/python" ] || python3 -m venv "$build/venv"
  local pip=("$build/venv/bin/pip" install --quiet --disable-pip-version-check)
  "${pip[@]}" "torch==$torch" 2>/dev/null ||
    "${pip[@]}" --index-url https://download.pytorch.org/whl/cpu "torch==$torch"
  "${pip[@]}" -r "$here/requirements.txt"
  cp "$here/requirements.txt" "$stamp"
}

llama() {
  local dir=$build/llama
  [ -x "$dir/bin/llama-perplexity" ] && [ -x "$dir/bin/llama-bench" ] && [ -x "$dir/bin/llama-quantize" ] && return
  mkdir -p "$dir"
  if [ ! -d "$dir/source" ]; then
    "$build/venv/bin/pip" download --quiet --no-deps --no-binary :all: --dest "$dir" \
      "llama-cpp-python==$llama_cpp_python"
    tar -xzf "$dir"/llama_cpp_python-*.tar.gz -C "$dir"
    # Built by GCC 12 it crashes on CPUs with AMX: that compiler takes ldtilecfg to read 8 bytes of the
    # 64 and leaves out the stores to the rest.
    sed -i 's/_tile_loadconfig(&tc);/__asm__ volatile("" : : "r"(\&tc) : "memory"); &/' \
      "$dir/llama_cpp_python-$llama_cpp_python/vendor/llama.cpp/ggml/src/ggml-cpu/amx/mmq.cpp"
    mv "$dir/llama_cpp_python-$llama_cpp_python/vendor/llama.cpp" "$dir/source"
  fi
  cmake -S "$dir/source" -B "$dir" -DCMAKE_BUILD_TYPE=Release -DGGML_NATIVE=ON -DLLAMA_CURL=OFF \
    -DLLAMA_BUILD_SERVER=OFF -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF
  cmake --build "$dir" -j "$(nproc)" --target llama-perplexity llama-bench llama-quantize
  echo "of llama-cpp-python $llama_cpp_python" >"$dir/version"
}

text() {
  local installed=/usr/share/metamath/databases/set.mm
  [ -s "$build/set.mm" ] && return
  mkdir -p "$build/text"
  if [ ! -s "$installed" ]; then
    (cd "$build/text" && apt-get download metamath-databases && dpkg-deb -x metamath-databases_*.deb .)
    installed=$build/text$installed
  fi
  ln -sf "$installed" "$build/set.mm"
}

programs() {
  [ -f "$root/build/release/CMakeCache.txt" ] || "$root/quickstart" build
  cmake --build "$root/build/release" --target rmt-lm bench_segment bench_decode bench_gemm bench_train bench_tokenizer \
    bench_websockets >&2
}

for part in "$@"; do
  case $part in
    venv | llama | text | programs) "$part" ;;
    *) echo "setup.sh: unknown part '$part'" >&2; exit 2 ;;
  esac
done
