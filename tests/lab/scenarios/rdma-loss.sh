# limit: 900
# long form
# guests: 2
# Packets are lost between the guests, 0.01% and 0.1%, with the kernel's nvmet-rdma in the same run as the yardstick:
# everything that was written verifies, and every queue recovers. Figures: OUT/figures.txt; they are no verdict.
source "$LAB_TREE/tests/lab/lib.sh"
source "$LAB_TREE/tests/lab/rdma-peer.sh"
NQN=nqn.2026-11.org.example:rdma-loss
KERNELS=nqn.2026-11.org.example:rdma-loss-nvmet

run() { # LOSS NAME NQN
  local figures
  figures=$(peer "cd /tmp; fio --name=v --filename=/dev/\$(disk_of $3 1) --rw=randwrite --bs=4k --iodepth=16 --size=2m --io_size=8m \
    --time_based --runtime=40 --ioengine=libaio --direct=1 --verify=crc32c --verify_fatal=1 --verify_backlog=16 --verify_state_save=0 --output-format=json" |
    sed -n '/^{/,$p' | jq -r '.jobs[0] | if .error != 0 then "error \(.error)" else "\(.write.iops | floor) \(.write.clat_ns.percentile["99.000000"] / 1000000 | floor)" end')
  printf '%-8s %-12s %8s IOPS %8s ms p99\n' "$1%" "$2" $figures | tee -a "$OUT/figures.txt"
  [[ $figures =~ ^[0-9]+\ [0-9]+$ ]] || fail "$2 with loss of $1%: fio says $figures"
  note "loss $1%, $2: ${figures/ / IOPS, p99 } ms"
}

rdma_spec "$WORK/target.yaml" $NQN
use_rdma_link 4200
nvmet_add_subsystem $KERNELS /dev/ram0
nvmet_add_port 1 rdma 10.0.1.1 4430 $KERNELS
shared_target "$WORK/target.yaml"
connect_there 10.0.1.1
check "the second guest connects to nvmet" peer "connect_host rdma 10.0.1.1 $KERNELS -s 4430 --reconnect-delay=1 --ctrl-loss-tmo=600; wait_for 20 'the disk' disk_is_usable $KERNELS 1"
for loss in 0.01 0.1; do
  lose $loss
  run $loss nvmf-target $NQN
  run $loss nvmet $KERNELS
  lose_nothing
  check "every queue recovers: all verifies without loss" there \
    "wait_for 120 'it is live' controller_is_live \$NQN 10.0.1.1; fio --name=v --filename=/dev/\$DISK --rw=randwrite --bs=4k --iodepth=16 --size=2m $VERIFY"
done
