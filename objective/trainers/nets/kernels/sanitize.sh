#!/usr/bin/env bash
# Compiles the kernels with AddressSanitizer and UndefinedBehaviorSanitizer and drives
# them over all tail sizes, at every level that this processor has and at a 512-bit
# one put together from 256 bits; levels with the same arithmetic must give the same
# bits. Then once more without sanitizers and optimised as in the program, where the
# compiler does what it does there. Needs gcc with its sanitizers, nothing else.
set -euo pipefail
cd "$(dirname "$0")"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# No a*b+c is fused that the source does not fuse: -std=c11 says so to gcc already, and
# is what the program is built with; cgo does not allow the option that says it to all.
drive() { # name options
  "${CC:-gcc}" -std=c11 -ffp-contract=off -Wall -Wextra -Wno-psabi -Wno-unused "${@:2}" testdata/sanitize.c -lm -o "$folder/$1"
  ASAN_OPTIONS=detect_leaks=1:abort_on_error=0 "$folder/$1"
}
drive sanitized -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
drive optimised -O3 -Wno-maybe-uninitialized # which does not see that a tile is no wider than its row
