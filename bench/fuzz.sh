#!/usr/bin/env bash
# Runs every fuzz target of the module for FUZZTIME (default 15s), two at a time with a worker
# each, and fails if one finds something. What Go then writes to testdata/fuzz repeats it and
# belongs into the repository with the correction.
#
#   bench/fuzz.sh                       # all targets
#   bench/fuzz.sh FuzzParse FuzzRead    # only those
#   LEDGER=bench/fuzz-ledger.csv FUZZTIME=60s bench/fuzz.sh
#
# With LEDGER each target adds a line: when, what, for how long, how many inputs, how many of
# them reached new code, and whether something was found (0 or 1). Inputs that reached new code
# stay in Go's cache, so that another sitting goes on where this one ended. An input is made
# smaller for a second at most: with Go's minute, slow targets would do nothing else. KEEP=6 copies up to
# six of the smallest of each target to testdata/fuzz.
set -euo pipefail
cd "$(dirname "$0")/.."
export FUZZTIME=${FUZZTIME:-15s} LEDGER=${LEDGER:+$(realpath -m "$LEDGER")} KEEP=${KEEP:-0}
binaries=$(mktemp -d)
trap 'rm -rf "$binaries"' EXIT
cache=$(go env GOCACHE)/fuzz
export binaries cache

# one FOLDER TARGET fuzzes one target.
one() {
  local log last found=0 program=$binaries/${1//\//-}
  log=$(mktemp -p "$binaries")
  cd "$1"
  "$program" -test.run '^$' -test.fuzz "^$2\$" -test.fuzztime "$FUZZTIME" -test.parallel 1 \
    -test.fuzzminimizetime 1s -test.fuzzcachedir "$cache/evenkeel/$1" >"$log" 2>&1 || found=1
  # Where the time ends within an input, Go may say that the target failed with this and nothing else.
  if grep -q '^ *context deadline exceeded$' "$log" && ! grep -q -e 'Failing input' -e 'panic' -e '_test.go:' "$log"; then found=0; fi
  last=$(grep -o 'elapsed: .*' "$log" | tail -1 || true)
  echo "$1 $2: ${last:-no input was tried}"
  if [ -n "$LEDGER" ]; then
    local elapsed inputs new
    elapsed=$(sed -n 's/^elapsed: \([0-9hms]*\),.*/\1/p' <<<"$last")
    inputs=$(sed -n 's/.*execs: \([0-9]*\).*/\1/p' <<<"$last")
    new=$(sed -n 's/.*new interesting: \([0-9]*\).*/\1/p' <<<"$last")
    echo "$(date -u +%F),$1,$2,${elapsed:-0s},${inputs:-0},${new:-0},$found" >>"$LEDGER"
  fi
  if [ "$found" = 1 ]; then
    cat "$log"
    echo "FAILED: $1 $2"
    return 1
  fi
  if [ "$KEEP" -gt 0 ] && [ -d "$cache/evenkeel/$1/$2" ]; then
    mkdir -p "testdata/fuzz/$2"
    find "$cache/evenkeel/$1/$2" -type f -size -2k -printf '%s %p\n' | sort -n | head -n "$KEEP" |
      cut -d' ' -f2- | xargs -r cp -t "testdata/fuzz/$2"
    rmdir --ignore-fail-on-non-empty "testdata/fuzz/$2"
  fi
}
export -f one

if [ -n "$LEDGER" ] && [ ! -e "$LEDGER" ]; then
  echo "date,package,target,elapsed,inputs,reached new code,found" >"$LEDGER"
fi
wanted=" $* "
# A package is compiled for fuzzing once, and not by each of its targets.
grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u | while read -r folder; do
  folder=${folder#./}
  targets=$(grep -ho '^func Fuzz[A-Za-z]*' "$folder"/*_test.go | cut -d' ' -f2)
  [ $# = 0 ] || targets=$(for t in $targets; do if [[ $wanted == *" $t "* ]]; then echo "$t"; fi; done)
  [ -n "$targets" ] || continue
  go test -c -fuzz . -o "$binaries/${folder//\//-}" "./$folder" </dev/null
  for t in $targets; do echo "$folder $t"; done
done | xargs -P 2 -n 2 bash -c 'one "$0" "$1"'
