# limit: 400
# long form
# One of two RDMA devices of the target goes and returns: deleted under I/O, its network interface down, its address
# removed, the interface itself deleted. Each time its listeners are pending, and are served again by themselves, while
# I/O through the other device goes on untouched.
source "$LAB_TREE/tests/lab/lib.sh"
STAYS=nqn.2026-11.org.example:stays
GOES=nqn.2026-11.org.example:goes

# What the interface makes of its hardware address.
LINK_LOCAL=fe80::ff:fe00:42%heal0

# The host uses 10.0.0.1 on rxe0 throughout. Two soft-RoCE devices in one guest cannot talk to each other, but each
# to itself: a host at 10.0.2.1 reaches 10.0.2.1 through rxe1.
cat >"$WORK/target.yaml" <<END
version: 1
transports:
  rdma: {}
bdevs:
  disk0: { type: malloc, size: 32MiB, block_size: 512 }
  disk1: { type: malloc, size: 32MiB, block_size: 512 }
subsystems:
  $STAYS:
    serial_number: NT00000000000021
    allow_any_host: true
    namespaces:
      1: { bdev: disk0 }
    listeners:
      - { trtype: rdma, traddr: 10.0.0.1, trsvcid: 4420 }
  $GOES:
    serial_number: NT00000000000022
    allow_any_host: true
    namespaces:
      1: { bdev: disk1 }
    listeners:
      - { trtype: rdma, traddr: 10.0.2.1, trsvcid: 4420 }
      - { trtype: rdma, traddr: "$LINK_LOCAL", trsvcid: 4420 }
END

add_interface() {
  ip link add heal0 address 02:00:00:00:00:42 type dummy && ip link set heal0 mtu 4200 && ip addr add 10.0.2.1/24 dev heal0 && ip link set heal0 up
}
add_device() { rdma link add rxe1 type rxe netdev heal0; }
has_no_device() { ! rdma link show rxe1/1 >/dev/null 2>&1; }

# One look at the target's status over RPC; a failed call is a failed look.
look() { local status; status=$(rpc nvmf_target_get_status) && jq -e --arg a "$1" "$2" <<<"$status"; }
is_pending() { look "$1" 'any(.pending[]; .object | contains($a)) and any(.conditions[]; .type == "Degraded" and .status)'; }
is_sound() { look "" '.pending == [] and any(.conditions[]; .type == "Degraded" and (.status | not))'; }
why_pending() { rpc nvmf_target_get_status | jq -r '.pending[].reason'; }
still_writes() { # the host has written since the last call
  local now
  now=$(sectors_written "$DISK")
  [ "$now" -gt "${WRITTEN:-0}" ] && WRITTEN=$now
}
check_the_other() {
  WRITTEN=$(sectors_written "$DISK")
  wait_for 20 "I/O through the other device goes on" still_writes
  check_equal "its connection is the same" "$FIRST" "$(controller_identity $STAYS 10.0.0.1)"
}
# What the host has of the other subsystem went with its own device: it connects anew.
use_again() {
  connect_host rdma 10.0.2.1 $GOES --reconnect-delay=1 --ctrl-loss-tmo=60
  wait_for 20 "the namespace's disk" disk_is_usable $GOES 1
  check "the disk reads" dd "if=/dev/$(disk_of $GOES 1)" of=/dev/null bs=64k count=16 iflag=direct
  check_contains "discovery at the link-local address" "rdma $LINK_LOCAL 4420 $GOES" "$(discovery_entries rdma $LINK_LOCAL)"
}
# goes WHAT COMMAND...: the command ends; the kernel has it wait as long as the target holds on to the device.
goes() {
  local what=$1 pid
  shift
  "$@" &
  pid=$!
  wait_for_end $pid 60 || { who_holds $pid; fail "$what: '$*' still waits after 60 s"; }
  check "$what" wait $pid
}
who_holds() { # PID
  local task
  echo "--- $1 waits in:"
  cat "/proc/$1/stack"
  echo "--- what the target has open of RDMA:"
  ls -l "/proc/$TARGET_PID/fd" | grep -E 'infiniband|rdma' || true
  rdma resource show
  for task in "/proc/$TARGET_PID"/task/*; do echo "$(<"$task/comm") $(<"$task/wchan")"; done
}
leave() { nvme disconnect -n $GOES >/dev/null; wait_for 20 "the host has left" has_no_controller $GOES 10.0.2.1; }

check "a second interface" add_interface
check "a second device" add_device
start_target "$WORK/target.yaml"
target_converged 60 "$WORK/target.yaml"
wait_for 20 "nothing is pending" is_sound
connect_host rdma 10.0.0.1 $STAYS
wait_for 20 "the namespace's disk" disk_is_usable $STAYS 1
DISK=$(disk_of $STAYS 1)
FIRST=$(controller_identity $STAYS 10.0.0.1)
fio --name=other --filename="/dev/$DISK" --rw=randwrite --bs=8k --iodepth=8 --size=8M --ioengine=libaio --direct=1 \
  --verify=crc32c --verify_fatal=1 --verify_backlog=16 --verify_state_save=0 --time_based --runtime=380 \
  --trigger-file="$WORK/stop" --trigger=true >"$OUT/fio.log" 2>&1 &
fio=$!
before=$(rdma resource show | grep rxe1 || true)
use_again

note "the device is deleted under I/O"
dd "if=/dev/$(disk_of $GOES 1)" of=/dev/null bs=128k iflag=direct >/dev/null 2>&1 &
sleep 1
goes "the device goes: the target has let go of it" rdma link delete rxe1
wait_for 30 "the listener is pending" is_pending 10.0.2.1
say "ok: $(why_pending)"
check "no device is left" has_no_device
wait_for 30 "the host has dropped its controller" has_no_controller $GOES 10.0.2.1
check_the_other
check "the device returns" add_device
wait_for 30 "the listener is served again" is_sound
use_again
leave

note "the interface goes down"
check "ip link set down" ip link set heal0 down
wait_for 30 "the listener is pending" is_pending 10.0.2.1
check_contains "the reason names the port" 'port 1 of rxe1' "$(why_pending)"
check "ip link set up" ip link set heal0 up
wait_for 30 "the listener is served again" is_sound

note "the address is removed"
check "ip addr del" ip addr del 10.0.2.1/24 dev heal0
wait_for 30 "the listener is pending" is_pending 10.0.2.1
say "ok: $(why_pending)"
check "ip addr add" ip addr add 10.0.2.1/24 dev heal0
wait_for 30 "the listener is served again" is_sound
use_again
leave

note "the interface is deleted, and the device with it"
goes "the interface goes" ip link del heal0
wait_for 30 "the listener is pending" is_pending 10.0.2.1
wait_for 30 "no device is left" has_no_device
check_the_other
check "the interface returns" add_interface
check "the device returns" add_device
wait_for 30 "the listener is served again" is_sound
use_again
leave

touch "$WORK/stop"
check "fio ended without an error" wait $fio
check_equal "its connection is the same" "$FIRST" "$(controller_identity $STAYS 10.0.0.1)"
stop_target
goes "the second device goes, with no target to hold it" rdma link delete rxe1
ip link del heal0
