#!/usr/bin/env bash
# Compiles the kernels with AddressSanitizer and UndefinedBehaviorSanitizer and drives
# them over all tail sizes, at every level that this processor has and at a 512-bit
# one put together from 256 bits; levels with the same arithmetic must give the same
# bits. Needs gcc with its sanitizers, nothing else.
set -euo pipefail
cd "$(dirname "$0")"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${CC:-gcc}" -std=gnu11 -O1 -g -Wall -Wextra -Wno-psabi -Wno-unused -fsanitize=address,undefined -fno-sanitize-recover=all \
  -fno-omit-frame-pointer testdata/sanitize.c -lm -o "$folder/sanitize"
ASAN_OPTIONS=detect_leaks=1:abort_on_error=0 "$folder/sanitize"
