#!/bin/sh
# Builds the simulated driver and the host twins of kernels into a folder.
#   build.sh OUT driver                     OUT/libcuda.so.1
#   build.sh OUT twins NAME KERNELS.cu...   OUT/NAME.so and OUT/NAME.checked.so; plain or checked in place of twins: one of them
# KERNEL_FLAGS are added for the kernels.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$1 what=$2
shift 2
mkdir -p "$out"
out=$(cd "$out" && pwd)
cxx=${CXX:-g++}
common="-std=c++17 -O2 -g -fPIC -fvisibility=hidden -Wall -Wextra -Werror -I$here"
# Staged values look uninitialised to g++ where loops of the same length fill and read them.
# Large frames touch every page, so that none steps over the guard of its stack.
# No contraction: the twins of gb_exp and its kin must give the same bits as on the device.
kernel="$common -Wno-maybe-uninitialized -Wno-uninitialized -fstack-clash-protection -march=x86-64-v3 -ffp-contract=off -I$here/../../native/cuda ${KERNEL_FLAGS:-}"
# Accesses are instrumented as they stand in the source: no memset in place of a loop, no four loads in place of a float4.
checked="-fsanitize=thread -fsanitize=alignment -fno-tree-loop-distribute-patterns -fno-tree-sra -fno-ipa-sra -DGB_CHECKED"

# Runs each line of its input as a command, two at a time.
parallel() { xargs -P 2 -I {} sh -c '{} || exit 255'; }

objects=$(mktemp -d)
trap 'rm -r "$objects"' EXIT
case $what in
driver)
    for source in "$here"/*.cpp; do
        case $source in */module.cpp) continue ;; esac
        echo "$cxx $common -O3 -march=x86-64-v3 -c $source -o $objects/$(basename "$source").o"
    done | parallel
    $cxx -shared -Wl,-soname,libcuda.so.1 -o "$out/libcuda.so.1" "$objects"/*.o -ldl -lpthread
    ;;
twins | plain | checked)
    name=$1
    shift
    for source in "$@"; do
        object=$objects/$(basename "$source")
        [ "$what" = checked ] || echo "$cxx $kernel -x c++ -c $source -o $object.plain.o"
        [ "$what" = plain ] || echo "$cxx $kernel $checked -x c++ -c $source -o $object.checked.o"
    done | parallel
    if [ "$what" != checked ]; then
        $cxx $common -c "$here/module.cpp" -o "$objects/module.o"
        $cxx -shared -o "$out/$name.so" "$objects/module.o" "$objects"/*.plain.o
    fi
    if [ "$what" != plain ]; then
        $cxx $common -DGB_CHECKED -c "$here/module.cpp" -o "$objects/module.with.checks.o"
        $cxx -shared -o "$out/$name.checked.so" "$objects/module.with.checks.o" "$objects"/*.checked.o
    fi
    ;;
*)
    echo "build.sh: $what is neither driver, twins, plain nor checked" >&2
    exit 2
    ;;
esac
