# limit: 900
# long form
# drive: nvme
# An NVMe drive of the machine, served by its own commands (io_uring_cmd): a bdev of type nvme on its character device. It
# is ours alone, reads and writes under hosts over TCP and RDMA, has the drive's identity, goes and comes back, and is a block
# device where commands may not be passed. At the end the bdev layer is measured beside fio (LAB_BENCH_SECONDS, LAB_BENCH_ROUNDS).
source "$LAB_TREE/tests/lab/lib.sh"
source "$LAB_TREE/tests/lab/disks.sh"
NQN=nqn.2026-11.org.example:nvme-drive
OK=0x0 PATH_ERROR=0x300

disk() { echo "/dev/$(disk_of $NQN 1)"; }
io() { BLOCK_SIZE=512 /usr/bin/python3 "$LAB_TREE/tests/lab/nvme_io.py" "$(disk)" 1 "$@"; } # read|write|... [LBA [BLOCKS]]
ends_in() { check_equal "$2 ${*:3}" "$1" "$(io "${@:2}")"; } # STATUS read|write|... [LBA [BLOCKS]]
about() { rpc nvmf_target_get_status | jq -r ".disks[] | select(.bdev == \"drive\") | .$1"; } # KEY
is_away() { [ "$(about away)" != null ]; }
is_there() { [ "$(about away)" = null ]; }
is_pending() { rpc nvmf_target_get_status | jq -e '.. | strings | select(test("/dev/nvme0n1 is mounted"))'; }
# The first word of a block of 512 bytes as the drive has it, past our program.
word_at() { dd if=/dev/nvme0n1 bs=512 skip="$1" count=1 iflag=direct status=none | od -An -tu8 -N8 | tr -d ' '; } # BLOCK
through_block_device() { local counts; read -ra counts </sys/block/nvme0n1/stat; echo "${counts[6]}"; } # sectors written
own() { rpc bdev_get_bdevs '{"name": "drive"}' | jq -r ".[0].driver_specific.nvme[0].$1"; } # KEY
pattern() { # VERB SIZE: writes, or verifies, all of a part of the disk in blocks of that size
  check "fio: $1 in $2" fio --name=pattern --filename="$(disk)" --ioengine=libaio --direct=1 --rw=randwrite "--bs=$2" --iodepth=16 \
    --offset=1M "--size=$([ "$2" = 512 ] && echo 1M || echo 8M)" --randseed=7 --verify=crc32c "--do_verify=$([ "$1" = verify ] && echo 1 || echo 0)" \
    "--verify_only=$([ "$1" = verify ] && echo 1 || echo 0)" --verify_fatal=1 --end_fsync=1 --output="$OUT/fio-$1-$2.out"
}

write_spec() { # FILE TYPE PATH
  cat >"$1" <<END
version: 1
transports: { tcp: { max_io_size: 1MiB }, rdma: {} }
bdevs:
  drive: { type: $2, path: $3 }
subsystems:
  $NQN:
    allow_any_host: true
    namespaces: { 1: { bdev: drive } }
    listeners:
      - { trtype: tcp, traddr: 10.0.0.1, trsvcid: 4420 }
      - { trtype: rdma, traddr: 10.0.0.1, trsvcid: 4420 }
END
}

# Over TCP within one kernel, whose check of copies to programs takes a piece of two huge pages side by side for a mistake (6.1).
echo never >/sys/kernel/mm/transparent_hugepage/enabled
use_drive
check "its character device" test -c /dev/ng0n1
write_spec "$WORK/target.yaml" nvme /dev/ng0n1

note "what is mounted is not shared"
check "a file system on it" mkfs.ext4 -q -b 4096 /dev/nvme0n1
check "mount" mount /dev/nvme0n1 /mnt
start_target "$WORK/target.yaml"
wait_for_socket
wait_for 30 "it is pending while it is mounted" is_pending
check "umount" umount /mnt
target_converged 60 "$WORK/target.yaml"
check_equal "how it is served" io_uring_cmd "$(about engine)"
check_equal "what there is to say of it" null "$(about note)"
check_status "nobody else can hold it" 32 mount /dev/nvme0n1 /mnt
sed '/^bdevs:/a\  twin: { type: block, path: /dev/nvme0n1 }' "$WORK/target.yaml" >"$WORK/twin.yaml"
check_contains "its other name is the same path" 'path /dev/nvme0n1 is that of' \
  "$( (rpc nvmf_target_get_plan "$(jq -nc --rawfile yaml "$WORK/twin.yaml" '{yaml: $yaml}')") 2>&1 || true)"

note "its identity"
check_equal "serial number" LAB0DRIVE0 "$(own ctrlr_data.serial_number)"
check_equal "model" "QEMU NVMe Ctrl" "$(own ctrlr_data.model_number)"
check_equal "namespace" 1 "$(own ns_data.id)"
check_contains "address" '^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-9]$' "$(own pci_address)"
nvme id-ctrl /dev/nvme0 -o json >"$OUT/id-ctrl.json"
nvme id-ns /dev/nvme0n1 -o json >"$OUT/id-ns.json"
check_equal "firmware" "$(jq -r '.fr | gsub(" +$"; "")' "$OUT/id-ctrl.json")" "$(own ctrlr_data.firmware_revision)"
connect_host tcp 10.0.0.1 $NQN
wait_for 20 "the disk" disk_is_usable $NQN 1
nvme id-ns "$(disk)" -o json >"$OUT/id-ns-ours.json"
# Its writes are whole in single blocks; the host is told so, and of the sizes that the drive prefers.
for key in nsze ncap nawun nawupf nabsn nabspf noiob npdg npda; do check_equal "id-ns: $key" "$(jq ".$key" "$OUT/id-ns.json")" "$(jq ".$key" "$OUT/id-ns-ours.json")"; done
check_equal "block size" 512 "$(attribute "/sys/block/$(disk_of $NQN 1)/queue/logical_block_size")"
check_equal "size" "$(attribute /sys/block/nvme0n1/size)" "$(attribute "/sys/block/$(disk_of $NQN 1)/size")"

note "its commands"
before=$(through_block_device)
ends_in $OK write 5
check_equal "the drive has what was written" 6 "$(word_at 5)"
ends_in $OK fua 6 8
check_equal "the drive has what was written with FUA" 9 "$(word_at 8)"
ends_in $OK flush
ends_in $OK read 5 9
ends_in $OK compare 5 9
ends_in 0x4285 compare-other 5
ends_in $OK verify 5 9
ends_in $OK zeroes 6 2
check_equal "a block of zeroes" 0 "$(word_at 6)"
check_equal "the block after them" 9 "$(word_at 8)"
ends_in $OK deallocate 8 2
check_equal "a deallocated block" 0 "$(word_at 8)"
ends_in $OK write 1000 2048 # more than the drive takes at once
ends_in $OK compare 1000 2048
check_equal "its last block" $((1000 + 2048)) "$(word_at $((1000 + 2047)))"
for size in 512 4k 36k 128k; do
  pattern write $size
  pattern verify $size
done
check_equal "sectors that were written by way of the block device" "$before" "$(through_block_device)"
check "discard all of it" blkdiscard "$(disk)"
check_equal "a discarded block" 0 "$(word_at 2048)"
check "nvme disconnect" nvme disconnect -n $NQN
connect_host rdma 10.0.0.1 $NQN
wait_for 20 "the disk" disk_is_usable $NQN 1
pattern write 4k
pattern verify 4k

note "what it says of its failures"
ends_in 0x281 read 119992 16 # Unrecovered Read Error
ends_in $OK read 119992 16
ends_in 0x280 write 120008 # Write Fault
ends_in $OK write 120008
ends_in $OK write 120016
ends_in 0x6 compare 120016 # Internal Error, as this drive has it
ends_in $OK compare 120016

note "its health"
nvme smart-log /dev/nvme0 -o json >"$OUT/smart.json"
nvme smart-log "/dev/$CONTROLLER" -o json >"$OUT/smart-ours.json"
for key in temperature avail_spare spare_thresh percent_used critical_warning; do
  check_equal "smart-log: $key" "$(jq ".$key" "$OUT/smart.json")" "$(jq ".$key" "$OUT/smart-ours.json")"
done

note "it is pulled out, and comes back"
ends_in $OK write 7
echo "monitor device_del drive0" >>/lab/events
wait_for 60 "status says that it is away" is_away
ends_in $PATH_ERROR read 7
ends_in $PATH_ERROR write 7
ends_in $PATH_ERROR flush
plug_in_drive
wait_for 60 "status says that it is back" is_there
ends_in $OK read 7
check_equal "what was written before" 8 "$(word_at 7)"
check_equal "how it is served" io_uring_cmd "$(about engine)"
pattern verify 4k
check_equal "kernels that refuse registered memory" 0 "$(grep -c 'not registered for commands' "$TARGET_LOG" || true)"
JDK=$(readlink -f "/proc/$TARGET_PID/exe")
JDK=${JDK%/bin/java}

note "where commands may not be passed, it is a block device"
check "nvme disconnect" nvme disconnect -n $NQN
stop_target
mkdir -p "$WORK/plain"
RPC=$WORK/plain/rpc.sock STATE=$WORK/plain/state
mkdir -p "$STATE"
setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin "$LAB_TREE/bin/nvmf-target" run "$WORK/target.yaml" --rpc-socket "$RPC" \
  --state-dir "$STATE" >"$OUT/plain.out" 2>"$OUT/plain.log" </dev/null &
TARGET_PID=$!
target_converged 60 "$WORK/target.yaml"
check_equal "how it is served" io_uring "$(about engine)"
check_contains "what there is to say of it" 'commands cannot be passed' "$(about note)"
connect_host tcp 10.0.0.1 $NQN
wait_for 20 "the disk" disk_is_usable $NQN 1
pattern verify 4k
ends_in $OK write 9
check_equal "what was written" 10 "$(word_at 9)"
check "nvme disconnect" nvme disconnect -n $NQN
stop_target

note "its speed: all is emulated, so only ratios say something"
mkdir "$WORK/bench"
jar=$LAB_TREE/target/nvmf-target.jar
check "compile the bench" "$JDK/bin/javac" "-J$ONE_COMPILER" -proc:none -nowarn -d "$WORK/bench" -cp "$jar" \
  "$LAB_TREE/tests/bench/org/nvmftarget/data/bdev/"{DiskLoad,StorageBench}.java
# The other compiler alone: it does away with objects that never leave a method.
check "bench" "$JDK/bin/java" -XX:-TieredCompilation --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -cp "$WORK/bench:$jar" \
  org.nvmftarget.data.bdev.StorageBench --drive /dev/ng0n1 "${LAB_BENCH_SECONDS:-1}" "${LAB_BENCH_ROUNDS:-1}"
cp "$WORK/output" "$OUT/bench.txt"
while IFS= read -r line; do note "$line"; done <"$OUT/bench.txt"
check_contains "what was measured" '^engine io_uring_cmd$' "$(<"$OUT/bench.txt")"
check "a command allocates nothing" awk '/^allocated/ { n++; if ($3 >= 0.5) bad = 1 } END { exit bad || n != 2 }' "$OUT/bench.txt"
echo "monitor device_del drive0" >>/lab/events
wait_for 60 "the drive is gone" test ! -e /dev/nvme0n1
