# What the scenarios share in which the second guest is the host and this one the target, over RDMA.

# rdma_spec FILE NQN: two namespaces in memory and listeners on the link between the guests, IPv4 and IPv6.
rdma_spec() {
  cat >"$1" <<END
version: 1
transports:
  rdma: { max_io_size: 1MiB }
bdevs:
  disk0: { type: malloc, size: 64MiB, block_size: 512 }
  disk1: { type: malloc, size: 64MiB, block_size: 4096 }
subsystems:
  $2:
    serial_number: NT00000000000010
    allow_any_host: true
    namespaces:
      1: { bdev: disk0 }
      2: { bdev: disk1 }
    listeners:
      - { trtype: rdma, traddr: 10.0.1.1, trsvcid: 4420 }
      - { trtype: rdma, traddr: "fd00:10:1::1", trsvcid: 4420 }
END
}

# there TEXT: bash in the second guest; DISK is the first namespace's disk of NQN there.
there() { peer "NQN=$NQN; DISK=\$(disk_of $NQN 1) || true; $*"; }
there_begin() { peer_begin "NQN=$NQN; DISK=\$(disk_of $NQN 1) || true; $*"; }

connect_there() { # ADDRESS [nvme-connect options]
  check "the second guest connects to $*" there "connect_host rdma $1 \$NQN --reconnect-delay=1 --ctrl-loss-tmo=600 ${*:2}
    wait_for 20 'the disk' disk_is_usable \$NQN 1"
}

lose() { # PERCENT of the packets between the guests, in both directions
  tc qdisc replace dev link0 root netem loss "$1%"
  check "loss of $1% on both sides" peer "tc qdisc replace dev link0 root netem loss $1%"
}
lose_nothing() {
  tc qdisc del dev link0 root
  check "no more loss" peer "tc qdisc del dev link0 root"
}

# Words for the second guest: fio that reads back what it has written, and ends itself.
VERIFY="--ioengine=libaio --direct=1 --verify=crc32c --verify_fatal=1 --verify_state_save=0"
