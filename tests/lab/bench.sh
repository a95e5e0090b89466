# What the scenarios share that measure the target against the kernel's nvmet.
OURS=nqn.2026-11.org.example:bench
KERNELS=nqn.2026-11.org.example:bench-nvmet

# Both targets, each with a disk of its own that costs nothing, at 10.0.0.1 (ours) and 10.0.0.2.
bench_targets() {
  null_disk bench 1024 4096
  nvmet_add_subsystem $KERNELS /dev/bench
  nvmet_add_port 1 rdma 10.0.0.2 4420 $KERNELS
  nvmet_add_port 2 tcp 10.0.0.2 4421 $KERNELS
  cat >"$WORK/target.yaml" <<END
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
  export NVMF_TARGET_JAVA_OPTS=${NVMF_TARGET_JAVA_OPTS/$ONE_COMPILER/} # what is measured has them all
  start_target "$WORK/target.yaml"
  target_converged 60 "$WORK/target.yaml"
}

bench_connect() { # TRTYPE: leaves the disks' names in OURS_DISK and KERNELS_DISK
  local port=4420
  [ "$1" = rdma ] || port=4421
  connect_host "$1" 10.0.0.1 $OURS -s $port
  connect_host "$1" 10.0.0.2 $KERNELS -s $port
  wait_for 20 "both disks" eval "disk_is_usable $OURS 1 && disk_is_usable $KERNELS 1"
  OURS_DISK=$(disk_of $OURS 1)
  KERNELS_DISK=$(disk_of $KERNELS 1)
}

run_fio() { # DISK PATTERN SIZE DEPTH [OPTION...]
  fio --name=bench --filename="/dev/$1" --rw="$2" --bs="$3" --iodepth="$4" --ioengine=libaio --direct=1 --norandommap "${@:5}"
}

# Lets the JVM compile what is measured.
warm_up() { # DISK SECONDS
  local pattern
  for pattern in randread randwrite; do
    run_fio "$1" $pattern 4k 32 --time_based --runtime="$2" >"$WORK/warm-up" || fail "fio: $(<"$WORK/warm-up")"
  done
}
