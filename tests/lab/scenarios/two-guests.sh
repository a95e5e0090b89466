# limit: 120
# long form
# guests: 2
# The network between the two guests, RDMA on it, and the kernel's own target across it: what the scenarios with two
# guests stand on. Loss must be felt, and a frozen guest must be silent.
source "$LAB_TREE/tests/lab/lib.sh"
NQN=nqn.2026-11.org.example:nvmet

check "the second guest answers" ping -c 1 -W 5 10.0.1.2
use_rdma_link 4200
nvmet_add_subsystem $NQN /dev/ram0
nvmet_add_port 1 rdma 10.0.1.1 4420 $NQN
check "the second guest connects over RDMA" peer "connect_host rdma 10.0.1.1 $NQN && wait_for 10 'the disk' disk_is_usable $NQN 1"
check "it writes and verifies" peer 'fio --name=verify --filename=/dev/$(disk_of '$NQN' 1) --rw=randwrite --bs=4k --size=1M --iodepth=8 \
  --ioengine=libaio --direct=1 --verify=crc32c --verify_fatal=1'
check_status "a command's exit status comes back" 7 peer "exit 7"

tc qdisc add dev link0 root netem loss 100%
check_status "with all packets lost nothing comes through" 1 ping -c 1 -W 2 10.0.1.2
tc qdisc del dev link0 root
wait_for 10 "without loss it does" ping -c 1 -W 2 10.0.1.2
freeze_peer
wait_for 10 "a frozen guest is silent" eval '! ping -c 1 -W 1 10.0.1.2'
thaw_peer
wait_for 10 "and comes back" ping -c 1 -W 1 10.0.1.2
check "the second guest disconnects" peer "nvme disconnect-all"
