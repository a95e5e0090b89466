# limit: 600
# only by name
# drive: nvme
# Disks that fail, fill up, become read-only, grow, and are pulled out under I/O: a Linux host gets the right NVMe status,
# nothing hangs, what was acknowledged is there, and what is mended is served again without a restart of the target.
source "$LAB_TREE/tests/lab/lib.sh"
source "$LAB_TREE/tests/lab/disks.sh"
NQN=nqn.2026-11.org.example:disk-faults
OK=0x0 WRITE_FAULT=0x280 READ_ERROR=0x281 PROTECTED=0x4020 FULL=0x4081 NOT_READY=0x82 PATH_ERROR=0x300 # 0x4000 is DNR

disk() { echo "/dev/$(disk_of $NQN "$1")"; } # NSID
io() { /usr/bin/python3 "$LAB_TREE/tests/lab/nvme_io.py" "$(disk "$1")" "$@"; } # NSID read|write|flush [LBA [BLOCKS]]
ends_in() { check_equal "$2 of namespace $3" "$1" "$(io "${@:3:1}" "$2" "${@:4}")"; } # STATUS read|write|flush NSID [LBA [BLOCKS]]
has_status() { [ "$(io "${@:2:1}" read 0)" = "$1" ]; } # STATUS NSID
is_away() { rpc nvmf_target_get_status | jq -e --arg b "$1" '.disks[] | select(.bdev == $b) | .away'; } # BDEV
is_there() { rpc nvmf_target_get_status | jq -e --arg b "$1" '.disks[] | select(.bdev == $b) | has("away") | not'; }
about() { rpc nvmf_target_get_status | jq -r --arg b "$1" ".disks[] | select(.bdev == \$b) | .$2"; } # BDEV KEY
blocks_of() { attribute "/sys/block/$(disk_of $NQN "$1")/size"; } # NSID: of 512 bytes
has_blocks() { [ "$(blocks_of "$1")" = "$2" ]; }
# The first word of a block as the disk below has it, past our program.
word_at() { dd "if=$1" bs=4096 skip="$2" count=1 iflag=direct status=none | od -An -tu8 -N8 | tr -d ' '; } # PATH BLOCK
mapped() { # NAME TABLE: the disk becomes what TABLE says, under I/O
  dmsetup suspend "$1" && dmsetup reload "$1" --table "$2" && dmsetup resume "$1"
}

use_device_mapper dm-flakey
use_drive
base=$(loop_disk base 16)
check "a disk of which a part fails" dmsetup create parted --table "0 16384 linear $base 0"
check "a disk that fails writes" dmsetup create flaky --table "0 16384 linear $base 16384"
truncate -s 24M "$WORK/small.img" "$WORK/ro.img"
mkdir "$WORK/small" "$WORK/ro"
for name in small ro; do
  check "a small file system, $name" mkfs.ext4 -q -b 4096 -m 0 "$WORK/$name.img"
  check "mount" mount -o loop,errors=remount-ro "$WORK/$name.img" "$WORK/$name"
done
pv=$(loop_disk pv 64)
lvm_() { lvm "$@" --config 'activation { udev_sync=0 udev_rules=0 monitoring=0 } devices { scan="/dev" filter=["a|loop|","r|.*|"] } global { use_lvmpolld=0 event_activation=0 }'; }
check "a volume group" lvm_ vgcreate -y lab "$pv"
check "a logical volume" lvm_ lvcreate -y -Zn -Wn -L 16M -n vol lab
wait_for 10 "its node" test -b /dev/mapper/lab-vol

cat >"$WORK/target.yaml" <<END
version: 1
transports: { tcp: {}, rdma: {} }
bdevs:
  parted: { type: block, path: /dev/mapper/parted, block_size: 4096 }
  flaky: { type: block, path: /dev/mapper/flaky, block_size: 4096 }
  full: { type: file, path: $WORK/small/disk.img, size: 64MiB, block_size: 4096 }
  ro: { type: file, path: $WORK/ro/disk.img, size: 8MiB, block_size: 4096 }
  vol: { type: block, path: /dev/mapper/lab-vol, block_size: 4096 }
  drive: { type: block, path: /dev/nvme0n1, block_size: 4096 }
  loop: { type: block, path: $(loop_disk loop 8), block_size: 4096 }
subsystems:
  $NQN:
    allow_any_host: true
    namespaces: { 1: { bdev: parted }, 2: { bdev: flaky }, 3: { bdev: full }, 4: { bdev: ro }, 5: { bdev: vol }, 6: { bdev: drive }, 7: { bdev: loop } }
    listeners:
      - { trtype: tcp, traddr: 10.0.0.1, trsvcid: 4420 }
      - { trtype: rdma, traddr: 10.0.0.1, trsvcid: 4420 }
END
start_target "$WORK/target.yaml"
target_converged 60 "$WORK/target.yaml"
check_equal "the drive's model" "QEMU NVMe Ctrl" "$(about drive model)"
check_equal "the drive's serial number" LAB0DRIVE0 "$(about drive serial)"
connect_host rdma 10.0.0.1 $NQN
before=$(controller_identity $NQN 10.0.0.1)
for nsid in 1 2 3 4 5 6 7; do
  wait_for 20 "the disk of namespace $nsid" disk_is_usable $NQN $nsid
  ends_in $OK write $nsid 5
done

note "a part of a disk fails (dm-error)"
check "the error" mapped parted "$(printf '0 8192 linear %s 0\n8192 8192 error' "$base")"
ends_in $OK write 1 7
ends_in $READ_ERROR read 1 1500
ends_in $WRITE_FAULT write 1 1500
ends_in $READ_ERROR read 1 1020 8 # four blocks are sound, four are not
check_equal "what was acknowledged" 8 "$(word_at "$base" 7)"
check "the disk is mended" mapped parted "0 16384 linear $base 0"
ends_in $OK write 1 1500
ends_in $OK read 1 1500

note "writes fail, and reads do not (dm-flakey)"
check "the error" mapped flaky "0 16384 flakey $base 16384 0 3600 1 error_writes"
ends_in $WRITE_FAULT write 2 9
ends_in $OK read 2 5
check "the disk is mended" mapped flaky "0 16384 linear $base 16384"
ends_in $OK write 2 9
ends_in $OK flush 2

note "a file system is full"
check "a file fills it but for a megabyte" fallocate --length $((($(stat --file-system --format=%f "$WORK/small") - 256) * 4096)) \
  "$WORK/small/filler"
lba=64 status=$OK
until [ "$status" != $OK ] || [ $lba -gt 8192 ]; do
  status=$(io 3 write $lba 32)
  lba=$((lba + 32))
done
check_equal "the write for which there is no space" $FULL "$status"
ends_in $OK read 3 5
ends_in $OK flush 3
for at in 64 $((lba - 64)); do check_equal "block $at, which was acknowledged" $((at + 1)) "$(word_at "$WORK/small/disk.img" $at)"; done
check_equal "the host's word for it" 'No space left on device' "$({ dd if=/dev/zero "of=$(disk 3)" bs=128k seek=300 \
  count=1 oflag=direct 2>&1 || true; } | sed -n "s/^dd: error writing .*: //p")"
ends_in $OK write 3 5
check "there is space again" rm "$WORK/small/filler"
ends_in $OK write 3 $lba 32

note "a file system becomes read-only"
echo 1 >"/sys/fs/ext4/$(basename "$(findmnt -no SOURCE "$WORK/ro")")/trigger_fs_error"
ends_in $PROTECTED write 4 6
ends_in $OK read 4 5

note "a logical volume grows"
lines=$(journal_lines)
check "lvextend" lvm_ lvextend -y -L 32M lab/vol
wait_for 20 "the host sees the size" has_blocks 5 65536
plan_of() { rpc nvmf_target_get_plan "$(jq -nc --rawfile yaml "$1" '{yaml: $yaml}')" | jq -r .plan.changes; } # FILE
check_equal "whether the plan has changes: the size is taken over" false "$(plan_of "$WORK/target.yaml")"
ends_in $OK write 5 8191
ends_in $OK read 5 5

note "a loop device is detached: Linux keeps it for as long as it is open"
loop=$(awk '$1 == "loop:" { print }' "$WORK/target.yaml" | sed 's/.*path: \([^,]*\),.*/\1/')
check "losetup -d" losetup -d "$loop"
ends_in $OK write 7 9
ends_in $OK read 7 9

note "a host connects while a disk is away, and does not hang in its scan"
connect_again() { # as a user does, but not for ever
  check "nvme disconnect" timeout 60 nvme disconnect -n $NQN
  check "nvme connect" timeout 60 nvme connect -t rdma -a 10.0.0.1 -s 4420 -n $NQN
  wait_for 60 "the disk of namespace 7, for which the host looks last" disk_is_usable $NQN 7
}
check "a disk is lost" mv "$WORK/small/disk.img" "$WORK/small/aside.img"
wait_for 20 "status says that it is away" is_away full
ends_in $PATH_ERROR read 3 5 # this host had it
for _ in 1 2; do
  connect_again
  wait_for 20 "the disk of namespace 3" disk_is_usable $NQN 3
  ends_in $NOT_READY read 3 5
  ends_in $NOT_READY flush 3
  ends_in $OK read 1 5
  check_status "reading it as a program does" 1 timeout 60 dd "if=$(disk 3)" of=/dev/null bs=4k count=1 iflag=direct status=none
done
check "it comes back" mv "$WORK/small/aside.img" "$WORK/small/disk.img"
wait_for 20 "status says that it is back" is_there full
ends_in $OK read 3 5
check "reading it as a program does" timeout 60 dd "if=$(disk 3)" of=/dev/null bs=4k count=1 iflag=direct status=none
check "it is lost once more" mv "$WORK/small/disk.img" "$WORK/small/aside.img"
wait_for 20 "status says that it is away" is_away full
ends_in $PATH_ERROR read 3 5 # now this host had it, too
check "it comes back" mv "$WORK/small/aside.img" "$WORK/small/disk.img"
wait_for 20 "status says that it is back" is_there full
connect_again
wait_for 20 "the disk of namespace 3" disk_is_usable $NQN 3
ends_in $OK write 3 5

note "the target starts while disks are read-only"
check "nvme disconnect" nvme disconnect -n $NQN
stop_target
check "an immutable file" chattr +i "$WORK/small/disk.img"
check "a read-only block device" blockdev --setro /dev/mapper/lab-vol
start_target "$WORK/target.yaml"
wait_for 60 "status says that the file is away" is_away full
check_contains "why" 'cannot be written' "$(about full away)"
check_contains "its namespace" 'waits for bdevs.full' "$(nvmf_target status --rpc-socket "$RPC" --state-dir "$STATE" || true)"
connect_host rdma 10.0.0.1 $NQN
before=$(controller_identity $NQN 10.0.0.1)
for nsid in 3 5 7; do wait_for 60 "the disk of namespace $nsid" disk_is_usable $NQN $nsid; done
ends_in $NOT_READY read 3 5
ends_in $OK read 5 5
ends_in $PROTECTED write 5 5
check "the file can be written" chattr -i "$WORK/small/disk.img"
check "the block device, too" blockdev --setrw /dev/mapper/lab-vol
wait_for 20 "status says that the file is there" is_there full
ends_in $OK write 3 5
ends_in $OK write 5 5
wait_for 20 "the disk of namespace 6" disk_is_usable $NQN 6

note "the drive is pulled out under I/O"
fio --name=under --filename="$(disk 6)" --ioengine=libaio --direct=1 --rw=randwrite --bs=4k --iodepth=8 --time_based --runtime=40 \
  --offset=1M --size=8M >"$OUT/fio.out" 2>&1 &
FIO=$!
pause 2
echo "monitor device_del drive0" >>/lab/events
wait_for 60 "status says that it is away" is_away drive
ends_in $PATH_ERROR read 6 5
ends_in $PATH_ERROR write 6 5
ends_in $PATH_ERROR flush 6
ends_in $OK write 1 11 # the others go on
check "its namespace is still listed" disk_of $NQN 6
check_equal "the connection" "$before" "$(controller_identity $NQN 10.0.0.1)"
kill -9 $FIO
check "nvme disconnect" nvme disconnect -n $NQN
stop_target
