# limit: 1500
# only by name
# The target against the kernel's nvmet in one guest, in pairs, from disks that cost nothing: 4 KiB random reads and
# writes at queue depths 1, 32 and 128 and 128 KiB in sequence over RDMA, 4 KiB random reads over TCP. Each case three
# times, in turn; the medians count. Emulation is slow and unsteady, so only the ratio says something.
# Figures: OUT/figures.txt, with the target's memory and idle processor time.
source "$LAB_TREE/tests/lab/lib.sh"
source "$LAB_TREE/tests/lab/bench.sh"
RUNS=${LAB_BENCH_RUNS:-3}
SECONDS_EACH=${LAB_BENCH_SECONDS:-5}

# "IOPS p50-µs p99-µs" of one run.
measure() { # DISK PATTERN SIZE DEPTH
  run_fio "$1" "$2" "$3" "$4" --time_based --ramp_time=1 --runtime="$SECONDS_EACH" --output-format=json |
    jq -r '.jobs[0] | if .error != 0 then error("fio failed") else if .read.iops > 0 then .read else .write end end
      | "\(.iops | floor) \(.clat_ns.percentile["50.000000"] / 1000 | floor) \(.clat_ns.percentile["99.000000"] / 1000 | floor)"'
}

medians() { # FILE: the median of each of its columns
  local column
  for column in 1 2 3; do
    cut -d' ' -f$column "$1" | sort -n | awk '{ v[NR] = $1 } END { printf "%s%s", v[int((NR + 1) / 2)], "'"$([ $column = 3 ] || echo ' ')"'" }'
  done
}

row() { printf '%-5s %-10s %-5s %-5s %-12s %8s %8s %8s\n' "$@" | tee -a "$OUT/figures.txt"; }

pair() { # TRTYPE PATTERN SIZE DEPTH OURS-DISK NVMET-DISK
  local run ours kernels
  rm -f "$WORK"/run.*
  for ((run = 1; run <= RUNS; run++)); do
    measure "$5" "$2" "$3" "$4" >>"$WORK/run.ours"
    measure "$6" "$2" "$3" "$4" >>"$WORK/run.kernels"
  done
  ours=$(medians "$WORK/run.ours")
  kernels=$(medians "$WORK/run.kernels")
  row "$1" "$2" "$3" "$4" nvmf-target $ours
  row "$1" "$2" "$3" "$4" nvmet $kernels
  [ "${ours%% *}" -gt 0 ] && [ "${kernels%% *}" -gt 0 ] || fail "$*: expected I/O from both"
  note "$1 $2 $3, queue depth $4: $((100 * ${ours%% *} / ${kernels%% *}))% of nvmet's IOPS; IOPS p50 p99: $ours to $kernels"
}

cases() { # TRTYPE: pattern, size and depth of each case
  if [ "$1" = rdma ]; then
    printf '%s\n' "randread 4k 1" "randread 4k 32" "randread 4k 128" "randwrite 4k 1" "randwrite 4k 32" "randwrite 4k 128" \
      "read 128k 8" "write 128k 8"
  else
    printf '%s\n' "randread 4k 1" "randread 4k 32"
  fi
}

bench_targets
sleep 90 # the garbage of the start is collected within a minute, and its memory given back
say "memory of the target at rest: $(($(resident_kb) / 1024)) MiB" | tee -a "$OUT/figures.txt"
row type pattern size depth target IOPS p50-us p99-us
for trtype in rdma tcp; do
  bench_connect $trtype
  warm_up "$OURS_DISK" 20
  while read -r pattern size depth; do
    pair $trtype "$pattern" "$size" "$depth" "$OURS_DISK" "$KERNELS_DISK" </dev/null
  done < <(cases $trtype)
  check "nvme disconnect-all" nvme disconnect-all
done
say "memory of the target after: $(($(resident_kb) / 1024)) MiB" | tee -a "$OUT/figures.txt"
for ((n = 0; n < 8; n++)); do connect_fast $OURS duplicate_connect,nr_io_queues=2; done
idle=$(idle_ms 20)
note "idle with 16 I/O queues: $idle ms of processor time in 20 s" | tee -a "$OUT/figures.txt"
check "nvme disconnect-all" nvme disconnect-all
check_no_host_trouble begin
stop_target
