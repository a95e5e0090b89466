# limit: 900
# long form
# Connections come and go, some of them with work in flight: no RDMA resource, descriptor or memory stays behind.
# 40 of them; 500 in the long form.
source "$LAB_TREE/tests/lab/lib.sh"
NQN=nqn.2026-11.org.example:storm
CYCLES=$([ -n "${LAB_LONG:-}" ] && echo 500 || echo 40)
WARM_UP=10
MAX_GROWTH_KB=16384

cat >"$WORK/target.yaml" <<END
version: 1
transports:
  rdma: {}
bdevs:
  disk0: { type: malloc, size: 16MiB, block_size: 512 }
subsystems:
  $NQN:
    serial_number: NT00000000000020
    allow_any_host: true
    namespaces:
      1: { bdev: disk0 }
    listeners:
      - { trtype: rdma, traddr: 10.0.0.1, trsvcid: 4420 }
END

disconnect_fast() { echo 1 >"/sys/class/nvme/$CONTROLLER/delete_controller"; }

# cycle N: a connection, and in every fourth one reads that it ends under.
cycle() {
  local reader=
  connect_fast $NQN
  if [ $(($1 % 4)) = 0 ]; then
    wait_for 20 "the disk of cycle $1" disk_is_usable $NQN 1
    dd if="/dev/$(disk_of $NQN 1)" of=/dev/null bs=1M iflag=direct >/dev/null 2>&1 &
    reader=$!
  fi
  disconnect_fast
  [ -z "$reader" ] || wait $reader || true # it ends with its disk
}

resources() { rdma resource show | grep rxe0; }
has_resources() { [ "$(resources)" = "$1" ]; }
has_no_more_descriptors() { [ "$(descriptors)" -le "$fds" ]; }
descriptors() { local all=(/proc/"$TARGET_PID"/fd/*); echo ${#all[@]}; }

start_target "$WORK/target.yaml"
target_converged 60 "$WORK/target.yaml"
for ((n = 1; n <= WARM_UP; n++)); do cycle $n >>"$WORK/keep-cycles" || fail "cycle $n of the first $WARM_UP"; done
sleep 90 # the garbage of the start is collected within a minute, and its memory given back
before=$(resources) fds=$(descriptors) rss=$(resident_kb)
say "before: $before; $fds descriptors, $rss KiB resident"

began=$SECONDS
for ((n = 1; n <= CYCLES; n++)); do cycle $n >>"$WORK/keep-cycles" || fail "cycle $n of $CYCLES"; done
note "$CYCLES connections in $((SECONDS - began)) s"

[ -n "$before" ] || fail "rdma resource show says nothing of rxe0"
wait_for 30 "RDMA resources are what they were" has_resources "$before"
sleep 90
# Fewer is no leak: an RPC connection may just have been open before.
wait_for 10 "descriptors are no more than the $fds before" has_no_more_descriptors
grown=$(($(resident_kb) - rss))
note "resident memory: $rss KiB before, $grown KiB more after"
[ $grown -le $MAX_GROWTH_KB ] || fail "resident memory: expected at most $MAX_GROWTH_KB KiB more than $rss, saw $grown"
# Eight controllers with an admin queue and two I/O queues each, and nothing to do but keep-alives.
for ((n = 0; n < 8; n++)); do connect_fast $NQN duplicate_connect; done
idle=$(idle_ms 20)
note "idle with $(controllers_of $NQN) controllers: $idle ms of processor time in 20 s"
check "nvme disconnect-all" nvme disconnect-all

# What was read when its controller was deleted has failed, as it must, and so has the host's look at a disk that was new.
check_no_host_trouble begin 'I/O error|Buffer I/O error|rescheduling|nvme[0-9]+: (rescanning|Removing)|no available path - failing I/O|unable to read (partition table|RDB block)'
stop_target
