# limit: 400
# long form
# guests: 2
# processors: 8
# Two hosts in two guests on one target over RDMA, this one with 16 I/O queues: both write and verify at once, each on a
# namespace and device of its own.
source "$LAB_TREE/tests/lab/lib.sh"
source "$LAB_TREE/tests/lab/rdma-peer.sh"
NQN=nqn.2026-11.org.example:rdma-hosts

rdma_spec "$WORK/target.yaml" $NQN
sed -i 's/^    listeners:/&\n      - { trtype: rdma, traddr: 10.0.0.1, trsvcid: 4420 }/' "$WORK/target.yaml"
use_rdma_link 4200
shared_target "$WORK/target.yaml"
connect_there 10.0.1.1
connect_host rdma 10.0.0.1 $NQN --nr-io-queues=8 --nr-write-queues=8
wait_for 20 "the second namespace's disk" disk_is_usable $NQN 2
queues() { rpc nvmf_subsystem_get_controllers "{\"nqn\": \"$NQN\"}" | jq -c '[.[].num_io_qpairs - 1] | sort'; }
check_equal "I/O queues of the two hosts" "[1,16]" "$(queues)"
fio=$(there_begin "fio --name=v --filename=/dev/\$DISK --rw=randrw --bs=8k --iodepth=16 --size=8m $VERIFY")
check "this host writes and verifies on all its queues" fio --name=v --filename="/dev/$(disk_of $NQN 2)" --rw=randrw --bs=8k \
  --iodepth=4 --numjobs=8 --size=1m --offset_increment=4m $VERIFY
check "so does the second one" peer_end "$fio" 200
check_no_host_trouble begin
