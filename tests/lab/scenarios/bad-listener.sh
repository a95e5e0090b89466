# limit: 450
# What the outside refuses: a listener's address that no RDMA device has yet is pending, and served as soon as
# it is there; too little lockable memory is an error that says what to set.
source "$LAB_TREE/tests/lab/lib.sh"
NQN=nqn.2026-11.org.example:bad-listener

write_spec() {
  cat >"$1" <<END
version: 1
transports:
  rdma: {}
bdevs:
  disk0: { type: malloc, size: 16MiB, block_size: 512 }
subsystems:
  $NQN:
    serial_number: NT00000000000002
    allow_any_host: true
    namespaces:
      1: { bdev: disk0 }
    listeners:
      - { trtype: rdma, traddr: 10.0.0.1, trsvcid: 4420 }
      - { trtype: rdma, traddr: 10.9.9.9, trsvcid: 4420 }
END
}

# Neither the memory limit nor the right to ignore it: what a service has without LimitMEMLOCK.
start_target_without_memory() { # FILE
  mkdir -p "$WORK/small"
  setpriv --bounding-set=-ipc_lock --inh-caps=-ipc_lock \
    bash -c 'ulimit -l 64 && exec "$@"' limited "$LAB_TREE/bin/nvmf-target" run "$1" \
    --rpc-socket "$WORK/small/rpc.sock" --state-dir "$WORK/small" >"$OUT/small.out" 2>"$OUT/small.log" </dev/null &
  SMALL_PID=$!
}
says_what_to_set() { grep -q LimitMEMLOCK "$OUT/small.log"; }
has_ended() { ! kill -0 "$1"; }
answers_discovery() { discovery_entries rdma "$1" | grep -qx "rdma $1 4420 $NQN"; }

note "a listener on an address that is not here"
write_spec "$WORK/target.yaml"
start_target "$WORK/target.yaml"
wait_for_socket
wait_for 120 "the listener that can be served is" answers_discovery 10.0.0.1
kernel_mark connected # until now the host was refused while it tried, and said so
status=$(nvmf_target status --rpc-socket "$RPC" --state-dir "$STATE" || true)
echo "$status" >"$WORK/keep-status.txt"
check_contains "status says what is pending" 'pending' "$status"
check_contains "status names the address" '10\.9\.9\.9' "$status"
# The reason has to help: it names the addresses that RDMA devices do have.
check_contains "status says what addresses there are" '10\.9\.9\.9.*10\.0\.0\.1' "$(tr '\n' ' ' <<<"$status")"

connect_host rdma 10.0.0.1 $NQN
wait_for 20 "the namespace's disk" disk_is_usable $NQN 1
check "fio writes and verifies meanwhile" fio --name=verify --filename=/dev/"$(disk_of $NQN 1)" --rw=randwrite --bs=4k \
  --size=2M --iodepth=4 --ioengine=libaio --direct=1 --verify=crc32c --verify_fatal=1
first=$(controller_identity $NQN 10.0.0.1)
check_no_host_trouble connected

note "the address comes"
check "ip addr add" ip addr add 10.9.9.9/24 dev lab0
wait_for 60 "the pending listener is served without a restart" answers_discovery 10.9.9.9
kernel_mark served
connect_host rdma 10.9.9.9 $NQN
target_converged 30 "$WORK/target.yaml"
check_equal "the first connection is the same" "$first" "$(controller_identity $NQN 10.0.0.1)"
check_no_host_trouble served
stop_target
check "nvme disconnect-all" nvme disconnect-all
check "ip addr del" ip addr del 10.9.9.9/24 dev lab0

note "too little lockable memory"
start_target_without_memory "$WORK/target.yaml"
wait_for 120 "the target names LimitMEMLOCK" says_what_to_set
# Whether it ends or keeps trying, it must not serve: nothing could be read or written through it.
if answers_discovery 10.0.0.1; then fail "without lockable memory: expected no service at 10.0.0.1, but discovery answers"; fi
kill -TERM $SMALL_PID 2>/dev/null || true
wait_for 10 "it ends" has_ended $SMALL_PID
say "ok: $(grep -m 1 LimitMEMLOCK "$OUT/small.log")"
