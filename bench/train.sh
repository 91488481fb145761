#!/usr/bin/env bash
# Compares built-in training with PyTorch on this machine: the models of
# BenchmarkTrain in objective/nets, ours and PyTorch as a user gets it and tuned, one
# after the other, several rounds, and the ratios of the medians. On a busy machine only
# the processor time says something, and only for one thread.
#
#   bench/train.sh [rounds]          MODELS="mlp cnn" THREADS="1" chooses
#
# Tuned is channels-last, and an allocator that keeps its memory. Two variables that
# machines set for OpenBLAS, and that cost it half its speed on some, are unset for all.
# Needs Go, gcc and PyTorch (Debian: python3-torch python3-numpy
# libopenblas0-pthread).
set -euo pipefail
cd "$(dirname "$0")/.."
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE
rounds=${1:-5}
models=${MODELS:-softmax mlp cnn resnet8}
threads=${THREADS:-1 2}
declare -A steps=([softmax]=150 [mlp]=25 [cnn]=5 [resnet8]=3)

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
go test -c -o "$folder/nets.test" ./objective/nets

ours() { # model threads
  (cd objective/nets && "$folder/nets.test" -test.run '^$' -test.bench "^BenchmarkTrain\$/^$1\$/threads=$2" -test.benchtime "${steps[$1]}x") |
    awk '/images\/s/ {for (i = 2; i <= NF; i++) {if ($i == "images/s") wall = $(i-1); if ($i == "images/cpu-s") cpu = $(i-1)}; print wall, cpu}'
}
torch() { # model threads [--tuned]
  OPENBLAS_NUM_THREADS=$2 OMP_NUM_THREADS=$2 /usr/bin/python3 bench/torch_train.py --model "$1" --threads "$2" --steps "${steps[$1]}" "${@:3}"
}
tuned() {
  MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=100000000000 MALLOC_TOP_PAD_=268435456 torch "$1" "$2" --tuned
}

for round in $(seq "$rounds"); do
  for model in $models; do
    for t in $threads; do
      # Another order in every round, so that nobody always comes first.
      who=(ours torch tuned ours torch)
      for i in 0 1 2; do
        peer=${who[$(((i + round) % 3))]}
        echo "$model $t $peer $($peer "$model" "$t")"
      done
    done
  done
done | tee "$folder/figures" >&2

(cd objective/nets && "$folder/nets.test" -test.run '^$' -test.bench 'Peak' -test.benchtime 1x) | grep Gflop
/usr/bin/python3 - "$folder/figures" <<'END'
import collections
import statistics
import sys

figures = collections.defaultdict(list)
for line in open(sys.argv[1]):
    model, threads, who, wall, cpu = line.split()
    figures[model, threads, who, "wall"].append(float(wall))
    figures[model, threads, who, "processor"].append(float(cpu))
print("images a second, medians over rounds: of the median step by the wall clock, and of all steps by processor time")
print(f"{'model':8s} threads {'time':>9s} {'ours':>9s} {'PyTorch':>9s} {'tuned':>9s}  ours to PyTorch, to tuned")
for model, threads, time in dict.fromkeys((k[0], k[1], k[3]) for k in figures):
    ours, default, tuned = (statistics.median(figures[model, threads, w, time]) for w in ("ours", "torch", "tuned"))
    print(f"{model:8s} {threads:>7s} {time:>9s} {ours:9.0f} {default:9.0f} {tuned:9.0f}  {ours / default:6.2f} {ours / tuned:6.2f}")
END
