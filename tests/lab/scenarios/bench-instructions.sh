# limit: 1500
# only by name
# processors: counted
# Instructions that the guest spends on a read over RDMA, host and target together, with the target and with the kernel's
# nvmet, and on the target at rest: time in this guest is a count of them. At queue depth 1 the processor sleeps for
# moments, which count, too. Figures: OUT/figures.txt.
source "$LAB_TREE/tests/lab/lib.sh"
source "$LAB_TREE/tests/lab/bench.sh"
READS=${LAB_BENCH_READS:-20000}

count() { # DISK SIZE DEPTH: instructions for each read
  local reads=$READS
  [ "$2" = 4k ] && [ "$3" -gt 1 ] || reads=$((READS / 4))
  run_fio "$1" randread "$2" "$3" --number_ios=$reads --output-format=json |
    jq -r '.jobs[0] | if .error != 0 then error("fio failed") else .read.runtime * 1000000 / .read.total_ios | floor end'
}
CASES=("4k 32" "4k 1" "128k 8")

bench_targets
bench_connect rdma
# By reads: a second here is a billion instructions, which take ten seconds and more outside.
for ((run = 1; run <= 6; run++)); do
  for case in "${CASES[@]}"; do say "warm-up: $case: $(count "$OURS_DISK" $case) instructions for each read"; done
done
for run in 1 2 3 4 5; do
  for case in "${CASES[@]}"; do
    ours=$(count "$OURS_DISK" $case)
    kernels=$(count "$KERNELS_DISK" $case)
    note "instructions of a read, size and queue depth $case: $ours with nvmf-target, $kernels with nvmet" |
      tee -a "$OUT/figures.txt"
  done
done
check "nvme disconnect-all" nvme disconnect-all

# Time here is what a slow processor needs, one instruction each nanosecond, however slow the emulation is.
busy_us() { awk '{ ns += $1 } END { print int(ns / 1000) }' /proc/"$TARGET_PID"/task/*/schedstat; }
idle() { # WHAT
  local before
  sleep 30
  before=$(busy_us)
  sleep 60
  note "at rest with $1: $((($(busy_us) - before) / 60)) us of processor time in each second" | tee -a "$OUT/figures.txt"
}
sleep 60
idle "no host"
for ((n = 0; n < 16; n++)); do connect_fast $OURS duplicate_connect; done
idle "16 hosts' I/O queues and as many admin queues"
check "nvme disconnect-all" nvme disconnect-all
check_no_host_trouble begin
stop_target
