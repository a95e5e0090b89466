# limit: 480
# only by name
# The same reads against the target and against the kernel's nvmet, in pairs in one guest: 4 KiB random reads at
# queue depths 1 and 32, from a disk that costs nothing, over RDMA and TCP. Emulation is slow and unsteady, so
# only the ratio says something. Figures: OUT/figures.txt.
source "$LAB_TREE/tests/lab/lib.sh"
OURS=nqn.2026-11.org.example:bench
KERNELS=nqn.2026-11.org.example:bench-nvmet
SECONDS_EACH=${LAB_BENCH_SECONDS:-10}

write_spec() { # FILE
  cat >"$1" <<END
version: 1
transports:
  rdma: {}
  tcp: {}
bdevs:
  zero: { type: "null", size: 1GiB, block_size: 4096 }
subsystems:
  $OURS:
    serial_number: NT00000000000003
    allow_any_host: true
    namespaces:
      1: { bdev: zero }
    listeners:
      - { trtype: rdma, traddr: 10.0.0.1, trsvcid: 4420 }
      - { trtype: tcp, traddr: 10.0.0.1, trsvcid: 4421 }
END
}

# "IOPS mean-µs p99-µs" of one run. The ramp lets the JVM compile; it is the same for both.
measure() { # DISK DEPTH
  fio --name=read --filename="/dev/$1" --rw=randread --bs=4k --iodepth="$2" --ioengine=libaio --direct=1 --norandommap \
    --time_based --ramp_time=5 --runtime="$SECONDS_EACH" --output-format=json |
    jq -r '.jobs[0] | if .error != 0 then error("fio failed") else .read end
      | "\(.iops | floor) \(.clat_ns.mean / 1000 | floor) \(.clat_ns.percentile["99.000000"] / 1000 | floor)"'
}

row() { printf '%-5s %-5s %-12s %8s %10s %10s\n' "$@" | tee -a "$OUT/figures.txt"; }

pair() { # TRTYPE OURS-DISK NVMET-DISK
  local depth ours kernels
  for depth in 1 32; do
    ours=$(measure "$2" $depth)
    kernels=$(measure "$3" $depth)
    row "$1" $depth nvmf-target $ours
    row "$1" $depth nvmet $kernels
    [ "${ours%% *}" -gt 0 ] && [ "${kernels%% *}" -gt 0 ] || fail "$1, queue depth $depth: expected reads from both"
    note "$1, queue depth $depth: $((100 * ${ours%% *} / ${kernels%% *}))% of nvmet's IOPS (${ours%% *} to ${kernels%% *})"
  done
}

null_disk bench 1024 4096
nvmet_add_subsystem $KERNELS /dev/bench
nvmet_add_port 1 rdma 10.0.0.2 4420 $KERNELS
nvmet_add_port 2 tcp 10.0.0.2 4421 $KERNELS
write_spec "$WORK/target.yaml"
start_target "$WORK/target.yaml"
target_converged 60 "$WORK/target.yaml"

row type depth target IOPS mean-us p99-us
for trtype in rdma tcp; do
  port=$([ $trtype = rdma ] && echo 4420 || echo 4421)
  connect_host $trtype 10.0.0.1 $OURS -s $port
  connect_host $trtype 10.0.0.2 $KERNELS -s $port
  wait_for 20 "both disks" eval "disk_is_usable $OURS 1 && disk_is_usable $KERNELS 1"
  pair $trtype "$(disk_of $OURS 1)" "$(disk_of $KERNELS 1)"
  check "nvme disconnect-all" nvme disconnect-all
done
check_no_host_trouble begin
stop_target
