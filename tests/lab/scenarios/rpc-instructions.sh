# limit: 1200
# only by name
# processors: counted
# Instructions that the target's thread spends on an answer by JSON-RPC, the kernel's for it included, asked as fast as it
# answers and 50 times a second: time in this guest is a count of them, and so free of noise. Figures: OUT/figures.txt.
source "$LAB_TREE/tests/lab/lib.sh"
source "$LAB_TREE/tests/lab/bench.sh"
source "$LAB_TREE/tests/lab/rpc.sh"
METHODS+=(spdk_get_version)

answering_us() { thread_times | awk '$1 == "rpc" { print $2 }'; }

count() { # COUNT SECONDS METHOD...: instructions for each answer
  local before
  before=$(answering_us)
  ask "$@"
  echo $((($(answering_us) - before) * 1000 / $1))
}

bench_targets
for ((round = 1; round <= 25; round++)); do say "warm-up $round: $(count 2000 0 "${METHODS[@]}") instructions for each answer"; done
for method in "${METHODS[@]}"; do
  note "instructions of $method: $(count 1000 0 "$method"), and asked 50 times a second $(count 200 0.02 "$method")" |
    tee -a "$OUT/figures.txt"
done
stop_target
