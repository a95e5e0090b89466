# limit: 240
# long form
# guests: 2
# A second opinion on every byte that goes over the wire: Wireshark's dissectors of NVMe/TCP and NVMe/RDMA find no
# malformed packet in captures of discovery, connect, I/O and disconnect.
source "$LAB_TREE/tests/lab/lib.sh"
NQN=nqn.2026-11.org.example:wire

cat >"$WORK/target.yaml" <<END
version: 1
transports:
  tcp: {}
  rdma: {}
bdevs:
  disk0: { type: malloc, size: 16MiB, block_size: 512 }
subsystems:
  $NQN:
    serial_number: NT00000000000008
    allow_any_host: true
    namespaces:
      1: { bdev: disk0 }
    listeners:
      - { trtype: tcp, traddr: 10.0.1.1, trsvcid: 4420 }
      - { trtype: rdma, traddr: 10.0.1.1, trsvcid: 4420 }
END

capture() { # TRTYPE: all that a host does, from the second guest
  local pid
  tcpdump -i link0 -w "$OUT/$1.pcap" -U -s 0 -B 8192 "$2" 2>"$OUT/$1.tcpdump" &
  pid=$!
  wait_for 10 "the capture runs" grep -q listening "$OUT/$1.tcpdump"
  check "discover, connect, I/O, disconnect over $1" peer "discovery_entries $1 10.0.1.1; connect_host $1 10.0.1.1 $NQN --nr-io-queues=1
    wait_for 20 'the disk' disk_is_usable $NQN 1; d=/dev/\$(disk_of $NQN 1)
    fio --name=v --filename=\$d --rw=randwrite --bsrange=512-64k --size=512k --iodepth=4 --ioengine=libaio --direct=1 --verify=crc32c --verify_fatal=1
    nvme smart-log \$d; nvme write-zeroes \$d -s 0 -c 7; nvme dsm \$d -b 8 -s 0 -d; nvme disconnect-all"
  sleep 1
  kill -INT $pid
  wait $pid || true
}

count() { tshark -n -r "$OUT/$1.pcap" -Y "$2" 2>/dev/null | wc -l; } # TRTYPE FILTER

use_rdma_link 4200
shared_target "$WORK/target.yaml"
capture tcp "tcp port 4420"
capture rdma "udp port 4791"
for trtype in tcp rdma; do
  check "commands are seen in the capture over $trtype" [ "$(count $trtype nvme)" -gt 100 ]
  check_equal "malformed packets over $trtype" 0 "$(count $trtype "_ws.malformed")"
  check_equal "errors that the dissector reports over $trtype" 0 "$(count $trtype '_ws.expert.severity == "Error"')"
  rm "$OUT/$trtype.pcap"
done
