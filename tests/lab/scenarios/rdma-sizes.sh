# limit: 600
# long form
# guests: 2
# Every size and depth over RDMA from another guest, each written and read back: 512 bytes to 1 MiB, queue depths 1, 32
# and 128, with an MTU of 1500 and of 4200, over IPv4 and IPv6.
source "$LAB_TREE/tests/lab/lib.sh"
source "$LAB_TREE/tests/lab/rdma-peer.sh"
NQN=nqn.2026-11.org.example:rdma-sizes

sizes() { # SIZE...
  local size depth
  for size in "$@"; do
    for depth in 1 32 128; do
      check "fio randrw $size at queue depth $depth" there "fio --name=v --filename=/dev/\$DISK --rw=randrw --bs=$size --iodepth=$depth \
        --size=$([ "$size" = 1m ] && echo 32m || echo 1m) --io_size=$([ "$size" = 512 ] && echo 256k || echo 2m) $VERIFY"
    done
  done
}

rdma_spec "$WORK/target.yaml" $NQN
check "an empty log of the second guest's kernel" peer "dmesg -C"
use_rdma_link 4200
shared_target "$WORK/target.yaml"
connect_there 10.0.1.1 --queue-size=128
sizes 512 4k 16k 128k 1m
check "disconnect" there "nvme disconnect-all"
note "IPv6"
connect_there fd00:10:1::1 --queue-size=128
sizes 4k
check "disconnect" there "nvme disconnect-all"
note "MTU 1500"
link_mtu 1500
connect_there 10.0.1.1 --queue-size=128
sizes 512 4k 1m
check_no_host_trouble begin
check "the second guest had no trouble" there "! dmesg | grep -iE 'nvme.*(timeout|reset|reconnect|error)'"
