# limit: 90
# The kernel's own target over RDMA and TCP: proves that the guest, the soft-RoCE device, the Linux host
# and this lab's helpers work, so that a failure elsewhere is the target's.
source "$LAB_TREE/tests/lab/lib.sh"
NQN=nqn.2026-11.org.example:nvmet

nvmet_add_subsystem $NQN /dev/ram0
nvmet_add_port 1 rdma 10.0.0.1 4420 $NQN
nvmet_add_port 2 tcp 10.0.0.2 4420 $NQN

check_equal "discovery over rdma" "rdma 10.0.0.1 4420 $NQN" "$(discovery_entries rdma 10.0.0.1)"
connect_host rdma 10.0.0.1 $NQN
wait_for 10 "the namespace's disk" disk_is_usable $NQN 1
disk=$(disk_of $NQN 1)
before=$(controller_identity $NQN 10.0.0.1)

for depth in 1 16; do
  check "fio writes and verifies over rdma, queue depth $depth" \
    fio --name=verify --filename=/dev/$disk --rw=randwrite --bs=4k --size=4M --iodepth=$depth \
    --ioengine=libaio --direct=1 --verify=crc32c --verify_fatal=1
done

connect_host tcp 10.0.0.2 $NQN
check_equal "connections to the subsystem" 2 "$(controllers_of $NQN)"
check "nvme disconnect of the rdma connection" nvme disconnect -d "$(controller_of $NQN 10.0.0.1)"
wait_for 10 "the rdma controller is gone" has_no_controller $NQN 10.0.0.1
check "fio reads back over tcp alone" \
  fio --name=verify --filename=/dev/$disk --rw=randwrite --bs=4k --size=4M --iodepth=16 --ioengine=libaio \
  --direct=1 --verify=crc32c --verify_only

check_contains "the first connection's identity" '^nvme[0-9]+ cntlid [0-9]+ live$' "$before"
check_no_host_trouble begin

# The yardstick must be able to fail: trouble that is there has to be found.
echo "nvme nvme9: I/O 7 QID 1 timeout (made up by $SCENARIO)" >/dev/kmsg
if (check_no_host_trouble begin) >/dev/null; then fail "a made-up timeout in the kernel's log: expected it to be found"; fi
say "ok: trouble in the kernel's log is found"
