# limit: 240
# long form
# guests: 2
# A host that falls silent loses its controller when its keep-alive time is over; it comes back by itself. A target that
# stood still for longer than that time ends nobody.
source "$LAB_TREE/tests/lab/lib.sh"
NQN=nqn.2026-11.org.example:silent

cat >"$WORK/target.yaml" <<END
version: 1
transports:
  tcp: { kas: 50, min_kato: 5000 }
bdevs:
  disk0: { type: malloc, size: 16MiB, block_size: 512 }
subsystems:
  $NQN:
    serial_number: NT00000000000007
    allow_any_host: true
    namespaces:
      1: { bdev: disk0 }
    listeners:
      - { trtype: tcp, traddr: 10.0.1.1, trsvcid: 4420 }
END

hosts() { rpc nvmf_subsystem_get_controllers "{\"nqn\": \"$NQN\"}" | jq -r '[.[].hostnqn | split("uuid:")[1][:4]] | sort | join(" ")'; }
hosts_are() { [ "$(hosts)" = "$1" ]; }

shared_target "$WORK/target.yaml"
connect_host tcp 10.0.1.1 $NQN --keep-alive-tmo=20
wait_for 20 "the namespace's disk" disk_is_usable $NQN 1
DISK=$(disk_of $NQN 1)
check "the second host connects" peer "connect_host tcp 10.0.1.1 $NQN --keep-alive-tmo=5 --reconnect-delay=1 --ctrl-loss-tmo=120"
wait_for 10 "both are there" hosts_are "1111 2222"

note "the second host falls silent"
freeze_peer
wait_for 40 "its controller is ended" hosts_are 1111
check_contains "the log says why" 'controller [0-9]+ of .*:silent ends, whose keep-alive ran out: .* at 10.0.1.2' "$(<"$TARGET_LOG")"
thaw_peer
wait_for 60 "it comes back by itself" hosts_are "1111 2222"
check "the second host disconnects" peer "nvme disconnect-all"

note "the target stands still for longer than the first host's time"
first=$(controller_identity $NQN 10.0.1.1)
# Linux leaves out one Keep Alive after traffic, so none is on its way, and timed, while the target stands still.
check "traffic" dd "if=/dev/$DISK" of=/dev/null bs=512 count=1 iflag=direct
kill -STOP "$TARGET_PID"
sleep 21
kill -CONT "$TARGET_PID"
sleep 3
check "the disk reads" dd "if=/dev/$DISK" of=/dev/null bs=512 count=1 iflag=direct
check_equal "the connection is the same" "$first" "$(controller_identity $NQN 10.0.1.1)"
check_equal "the target still has it" 1111 "$(hosts)"
check_no_host_trouble begin 'nvme[0-9]+: (creating|mapped|new ctrl)'
