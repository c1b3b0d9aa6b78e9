#!/bin/sh
# Compiles every family of kernels to PTX: native/cuda/NAME.cu -> native/cuda/ptx/NAME.ptx, or into the folder given.
# Needs clang 19 only (Debian: apt-get install clang-19). The same sources give the same bytes wherever they lie.
set -eu
cd "$(dirname "$0")"
out=${1:-ptx}
mkdir -p "$out"
for source in *.cu; do
    "${CLANG:-clang++-19}" -x cuda -nocudainc -nocudalib --cuda-device-only --cuda-gpu-arch=sm_80 --cuda-feature=+ptx70 \
        -std=c++17 -O3 -fms-extensions -Wall -Wextra -Werror -S -o "$out/${source%.cu}.ptx" "$source"
done
