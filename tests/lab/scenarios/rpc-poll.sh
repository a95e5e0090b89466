# limit: 1200
# only by name
# What a monitor costs hosts: fio's 4 KiB random reads over RDMA, in pairs, with and without somebody who asks the RPC
# socket 50 times a second for what monitors ask for. Emulation is slow and unsteady: the medians of the pairs count, and
# what each pair differs by without a monitor (two runs of the same) says how much is noise. Figures: OUT/figures.txt.
source "$LAB_TREE/tests/lab/lib.sh"
source "$LAB_TREE/tests/lab/bench.sh"
RUNS=${LAB_BENCH_RUNS:-7}
SECONDS_EACH=${LAB_BENCH_SECONDS:-5}
METHODS=(nvmf_get_subsystems bdev_get_iostat thread_get_stats nvmf_get_stats framework_get_reactors)

# Asks on one connection, 50 times a second; without a process for each.
poll() {
  local n=0
  while pause 0.02; do
    printf '{"jsonrpc":"2.0","id":%d,"method":"%s"}' $((n + 1)) "${METHODS[n++ % ${#METHODS[@]}]}"
  done | socat -t 5 - "UNIX-CONNECT:$RPC" >"$WORK/answers"
}

# "IOPS p50-µs p99-µs" of one run.
measure() { # DEPTH
  run_fio "$OURS_DISK" randread 4k "$1" --time_based --ramp_time=1 --runtime="$SECONDS_EACH" --output-format=json |
    jq -r '.jobs[0] | if .error != 0 then error("fio failed") else .read end
      | "\(.iops | floor) \(.clat_ns.percentile["50.000000"] / 1000 | floor) \(.clat_ns.percentile["99.000000"] / 1000 | floor)"'
}

median() { cut -d' ' -f"$2" "$1" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

figures() { # NAME FILE
  printf '%-12s queue depth %-4s IOPS %-8s p50 %-8s p99 %-8s us\n' "$1" "$DEPTH" "$(median "$2" 1)" "$(median "$2" 2)" \
    "$(median "$2" 3)" | tee -a "$OUT/figures.txt"
}

bench_targets
bench_connect rdma
warm_up "$OURS_DISK" 20
for DEPTH in 1 32; do
  rm -f "$WORK"/run.*
  for ((run = 1; run <= RUNS; run++)); do
    measure $DEPTH >>"$WORK/run.alone"
    poll &
    poller=$!
    measure $DEPTH >>"$WORK/run.polled"
    check "the monitor had answers" test -s "$WORK/answers"
    check "no answer is an error" eval '! grep -q "\"error\":{" "$WORK/answers"'
    say "answers: $(wc -l <"$WORK/answers") in $((SECONDS_EACH + 1)) s and some"
    pkill -P $poller 2>/dev/null || true
    kill $poller 2>/dev/null || true
    wait $poller 2>/dev/null || true
    measure $DEPTH >>"$WORK/run.again"
  done
  figures alone "$WORK/run.alone"
  figures polled "$WORK/run.polled"
  figures "alone again" "$WORK/run.again"
  alone=$(median "$WORK/run.alone" 3) polled=$(median "$WORK/run.polled" 3) again=$(median "$WORK/run.again" 3)
  note "queue depth $DEPTH: p99 $alone us alone, $polled us while a monitor asks 50 times a second, $again us alone again" |
    tee -a "$OUT/figures.txt"
done
check "nvme disconnect-all" nvme disconnect-all
check_no_host_trouble begin
stop_target
