# limit: 240
# long form
# guests: 2
# Reservations between two hosts, each in a guest of its own: register, acquire, conflict, preempt, release; and one
# that persists is there again when the target was killed and started anew.
source "$LAB_TREE/tests/lab/lib.sh"
NQN=nqn.2026-11.org.example:resv

cat >"$WORK/target.yaml" <<END
version: 1
transports:
  tcp: {}
bdevs:
  disk0: { type: malloc, size: 16MiB, block_size: 512 }
subsystems:
  $NQN:
    serial_number: NT00000000000006
    allow_any_host: true
    namespaces:
      1: { bdev: disk0 }
    listeners:
      - { trtype: tcp, traddr: 10.0.1.1, trsvcid: 4420 }
END

read_block() { dd "if=/dev/$1" of=/dev/null bs=512 count=1 iflag=direct; }
write_block() { dd if=/dev/zero "of=/dev/$1" bs=512 count=1 oflag=direct; }
report() { nvme resv-report "/dev/$DISK" -e -o json; }
there() { peer "DISK=\$(disk_of $NQN 1); $*"; } # what the second guest does with its disk

shared_target "$WORK/target.yaml"
connect_host tcp 10.0.1.1 $NQN --ctrl-loss-tmo=120 --reconnect-delay=1
wait_for 20 "the namespace's disk" disk_is_usable $NQN 1
DISK=$(disk_of $NQN 1)
check "the second host connects" peer "connect_host tcp 10.0.1.1 $NQN --ctrl-loss-tmo=120 --reconnect-delay=1; wait_for 20 'the disk' disk_is_usable $NQN 1"

check "the first host registers, to persist" nvme resv-register "/dev/$DISK" -n 1 --nrkey=0x11 --rrega=0 --cptpl=3
check "and acquires write exclusive" nvme resv-acquire "/dev/$DISK" -n 1 --crkey=0x11 --rtype=1 --racqa=0
check "it writes" write_block "$DISK"
check_status "the second host may not write" 1 there 'dd if=/dev/zero of=/dev/$DISK bs=512 count=1 oflag=direct'
check "but read" there 'dd if=/dev/$DISK of=/dev/null bs=512 count=1 iflag=direct'
check_equal "report: type, registrants, persistence" "1 1 1" "$(report | jq -r '"\(.rtype) \(.regctl) \(.ptpls)"')"
check_status "an acquire without a registration conflicts" 1 there 'nvme resv-acquire /dev/$DISK -n 1 --crkey=0x22 --rtype=1 --racqa=0'

note "the target is killed, and started again"
kill_and_restart_target
wait_for 60 "the first host is back" controller_is_live $NQN 10.0.1.1
check "the second host is back" peer "wait_for 60 'it is live' controller_is_live $NQN 10.0.1.1"
check_equal "the reservation is still there" "1 1 1" "$(report | jq -r '"\(.rtype) \(.regctl) \(.ptpls)"')"
check_status "and still keeps the second host from writing" 1 there 'dd if=/dev/zero of=/dev/$DISK bs=512 count=1 oflag=direct'

note "the second host preempts"
check "the second host registers" there 'nvme resv-register /dev/$DISK -n 1 --nrkey=0x22 --rrega=0'
check "and preempts, aborting" there 'nvme resv-acquire /dev/$DISK -n 1 --crkey=0x22 --prkey=0x11 --rtype=2 --racqa=2'
check_equal "report: exclusive access, one registrant" "2 1" "$(report | jq -r '"\(.rtype) \(.regctl)"')"
check_status "the first host may not even read" 1 read_block "$DISK"
check "the second may write" there 'dd if=/dev/zero of=/dev/$DISK bs=512 count=1 oflag=direct'
# By number: nvme-cli 2.3 has the names of the types one off.
check_contains "the first host was told that its registration is preempted" 'type[^:]*: 1 ' "$(nvme resv-notif-log "/dev/$CONTROLLER" 2>&1)"
check "the second host releases" there 'nvme resv-release /dev/$DISK -n 1 --crkey=0x22 --rtype=2 --rrela=0'
check "the first host writes again" write_block "$DISK"
check "the second host clears" there 'nvme resv-release /dev/$DISK -n 1 --crkey=0x22 --rrela=1'
check_equal "report: nothing is left" "0 0" "$(report | jq -r '"\(.rtype) \(.regctl)"')"
