#!/usr/bin/env bash
# Compares built-in training with PyTorch on this machine: the models of
# BenchmarkTrain in objective/trainers/nets, ours and PyTorch as a user gets it and tuned, one
# after the other, several rounds, and the ratios of the medians. On a busy machine only
# the processor time says something, and only for one thread.
#
#   bench/train.sh [rounds]          MODELS="mlp cnn" THREADS="1 2x1" chooses
#
# Threads are 1 or 2 of one training; 2x1 is two trainings side by side, a thread each:
# goroutines of ours, processes of PyTorch's, and the sum of their images a second.
#
# LEVEL=avx2 keeps both sides from AVX-512.
#
# Tuned is channels-last, and an allocator that keeps its memory. Two variables that
# machines set for OpenBLAS, and that cost it half its speed on some, are unset for all.
# Needs Go, gcc and PyTorch (Debian: python3-torch python3-numpy
# libopenblas0-pthread).
set -euo pipefail
cd "$(dirname "$0")/.."
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE
case ${LEVEL:-} in
'') ;;
avx2) export EVENKEEL_KERNELS=avx2 ATEN_CPU_CAPABILITY=avx2 DNNL_MAX_CPU_ISA=AVX2 OPENBLAS_CORETYPE=Haswell ;;
*) echo "bench/train.sh: unknown level $LEVEL; want avx2 or none" >&2 && exit 1 ;;
esac
rounds=${1:-5}
models=${MODELS:-softmax mlp cnn resnet8}
threads=${THREADS:-1 2 2x1}
declare -A steps=([softmax]=1000 [mlp]=100 [cnn]=20 [resnet8]=20)

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Each of these prints two numbers: images a second, and for a second of processor time.
ours() { # model threads
  local bench="^BenchmarkTrain\$/^$1\$/^threads=$2\$"
  [ "$2" = 2x1 ] && bench="^BenchmarkTrainTwo\$/^$1\$"
  (cd objective/trainers/nets && "$folder/nets.test" -test.run '^$' -test.bench "$bench" -test.benchtime "${steps[$1]}x") |
    awk '/images\/s/ {for (i = 2; i <= NF; i++) {if ($i == "images/s") wall = $(i-1); if ($i == "images/cpu-s") cpu = $(i-1)}; print wall, cpu}'
}
torch() { # model threads [--tuned]
  local count=1 each=$2
  [ "$2" = 2x1 ] && count=2 each=1
  OPENBLAS_NUM_THREADS=$each OMP_NUM_THREADS=$each /usr/bin/python3 bench/torch_train.py --model "$1" --threads "$each" \
    --steps "${steps[$1]}" --side-by-side "$count" "${@:3}"
}
tuned() {
  MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=100000000000 MALLOC_TOP_PAD_=268435456 torch "$1" "$2" --tuned
}
measure() { # who model threads
  local figures number='[0-9]*[1-9][0-9.]*'
  figures=$("$@") || fail "$* failed"
  [[ $figures =~ ^$number\ $number$ ]] || fail "$* printed '$figures', not two numbers"
  echo "$2 $3 $1 $figures"
}
fail() {
  echo "bench/train.sh: $*" >&2
  exit 1
}
[[ $rounds =~ ^[1-9][0-9]*$ ]] || fail "rounds $rounds; want a number from 1"
for model in $models; do
  [ -n "${steps[$model]:-}" ] || fail "unknown model $model; want some of ${!steps[*]}"
done
for t in $threads; do
  [[ $t =~ ^(1|2|2x1)$ ]] || fail "unknown threads $t; want some of 1, 2, 2x1"
  [ "$t" = 1 ] || [ "$(nproc)" -ge 2 ] || fail "threads $t need two processors; THREADS=1 does not"
done

go test -c -o "$folder/nets.test" ./objective/trainers/nets
for round in $(seq "$rounds"); do
  for model in $models; do
    for t in $threads; do
      # Another order in every round, so that nobody always comes first.
      who=(ours torch tuned ours torch)
      for i in 0 1 2; do
        measure "${who[$(((i + round) % 3))]}" "$model" "$t"
      done
    done
  done
done | tee "$folder/figures" >&2

(cd objective/trainers/nets && "$folder/nets.test" -test.run '^$' -test.bench 'Peak' -test.benchtime 1x) | grep Gflop
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
