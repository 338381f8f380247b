#!/bin/sh
# build_sentencepiece.sh SDIST_TAR PREFIX: sentencepiece with its bundled Abseil as one static library,
#   PREFIX/lib/libsentencepiece.a and PREFIX/include. Two to three minutes on two cores.
# The sdist comes from `pip download --no-deps --no-binary :all: sentencepiece==0.2.2`, which asks the
# package for its metadata only and compiles nothing. CXX, JOBS and CMAKE_CXX_COMPILER_LAUNCHER are kept.
set -eu

if [ $# -ne 2 ] || [ ! -f "$1" ]; then
  echo "usage: build_sentencepiece.sh SDIST_TAR PREFIX" >&2
  exit 2
fi
sdist=$(realpath "$1")
mkdir -p "$2"
prefix=$(realpath "$2")
recipe=$(dirname "$(realpath "$0")")/sentencepiece
jobs=${JOBS:-$(nproc)}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tar -xzf "$sdist" -C "$work" --strip-components=1
source=$work/sentencepiece

# Abseil takes these types from the standard library where it believes the compiler has them, and would
# show others to one that has not: its own, for all who include the headers.
sed -i -E 's/^(#define ABSL_OPTION_USE_STD_(SOURCE_LOCATION|ORDERING)) 2$/\1 0/' \
  "$source"/third_party/abseil-cpp/absl/base/options.h "$source"/third_party/absl/base/options.h

# The folder's name is new each time, and nothing ccache should look at.
export CCACHE_BASEDIR="$work" CCACHE_NOHASHDIR=1
cmake -S "$recipe" -B "$work/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DSENTENCEPIECE_SOURCE="$source" \
  ${CMAKE_CXX_COMPILER_LAUNCHER:+-DCMAKE_CXX_COMPILER_LAUNCHER=$CMAKE_CXX_COMPILER_LAUNCHER} >"$work/log" ||
  { cat "$work/log" >&2; exit 1; }
cmake --build "$work/build" --target libraries --parallel "$jobs" >"$work/log" || { cat "$work/log" >&2; exit 1; }

# One archive of all of them, so that nobody has to know Abseil's link order.
mkdir -p "$prefix/lib" "$prefix/include" "$prefix/share/licenses"
{
  echo "create $work/libsentencepiece.a"
  find "$work/build" -name 'lib*.a' | sort | sed 's/^/addlib /'
  echo save
  echo end
} | "${AR:-ar}" -M
cp "$work/libsentencepiece.a" "$prefix/lib/libsentencepiece.a.new"
mv "$prefix/lib/libsentencepiece.a.new" "$prefix/lib/libsentencepiece.a"

# The public headers, and Abseil's, which they include.
cp "$work"/build/sentencepiece/src/installed_headers/*.h "$prefix/include/"
(cd "$source/third_party/abseil-cpp" && find absl \( -name '*.h' -o -name '*.inc' \) ! -path '*/testdata/*' -print0 |
  tar -cf - --null -T -) | tar -xf - -C "$prefix/include"
# It believes in std::source_location by the header's name, which clang 14 has empty.
sed -i '/#define ABSL_HAVE_STD_SOURCE_LOCATION 1/d' "$prefix/include/absl/base/config.h"
cp "$source/LICENSE" "$prefix/share/licenses/sentencepiece"
cp "$source/third_party/abseil-cpp/LICENSE" "$prefix/share/licenses/abseil"
cp "$source/VERSION.txt" "$prefix/share/sentencepiece_version"
