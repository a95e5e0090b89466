# limit: 400
# long form
# Power is cut in the midst of writes: below the target is dm-log-writes, whose log has at any moment what a disk would
# still have after a loss of power then. A Linux host writes over TCP and RDMA with several commands under way, with FUA and
# flushes among them. The log is replayed to 50 cuts and to every flush: whatever was acknowledged before an acknowledged
# flush, or with FUA, must be there, and no block may be torn; for a block device, and for a file on ext4, which is
# mounted after each cut. The same on a disk that swallows flushes must find losses, else it has shown nothing.
# SEED of the environment repeats a run.
source "$LAB_TREE/tests/lab/lib.sh"
source "$LAB_TREE/tests/lab/disks.sh"
NQN=nqn.2026-11.org.example:power-cut
SEED=${LAB_SEED:-$RANDOM$RANDOM}
SIZE=$((24 << 20))
note "seed $SEED (LAB_SEED=$SEED repeats it)"

logged() { # NAME: /dev/mapper/NAME on a loop device, with its log in WORK/NAME.log
  local data log
  truncate -s $SIZE "$WORK/$1.img"
  truncate -s 512M "$WORK/$1.log"
  data=$(losetup --find --show "$WORK/$1.img")
  log=$(losetup --find --show "$WORK/$1.log")
  check "a disk with a log, $1" dmsetup create "$1" --table "0 $((SIZE / 512)) log-writes $data $log"
}
write_until_cut() { # NSID NAME ROUND CUTS
  local disk
  wait_for 20 "the disk of namespace $1" disk_is_usable $NQN "$1"
  disk=/dev/$(disk_of $NQN "$1")
  check "writes to $2 with $4 cuts, $3" /usr/bin/python3 "$LAB_TREE/tests/lab/power_cut.py" write "$disk" "$1" "$2" \
    "$WORK/$2.history" "$SEED/$2/$3" "$4"
  note "$2, $3: $(<"$WORK/output")"
}
replay() { # STATUS NAME [FILE FOLDER]
  local status=$1 name=$2
  shift 2
  check_status "$name, replayed" "$status" /usr/bin/python3 "$LAB_TREE/tests/lab/power_cut.py" check "$WORK/$name.log" $SIZE \
    "$WORK/$name.history" "$@"
  note "$name: $(head -n 1 "$WORK/output")"
  sed 1d "$WORK/output"
}

use_device_mapper dm-log-writes
for name in honest liar files; do logged $name; done
mkdir "$WORK/files" "$WORK/replayed"
check "ext4 on the disk with a log" mkfs.ext4 -q -b 4096 -E nodiscard /dev/mapper/files
check "mount" mount /dev/mapper/files "$WORK/files"

cat >"$WORK/target.yaml" <<END
version: 1
transports: { tcp: {}, rdma: {} }
bdevs:
  honest: { type: block, path: /dev/mapper/honest, block_size: 4096 }
  liar: { type: block, path: /dev/mapper/liar, block_size: 4096 }
  file: { type: file, path: $WORK/files/disk.img, size: 8MiB, block_size: 4096 }
subsystems:
  $NQN:
    allow_any_host: true
    namespaces: { 1: { bdev: honest }, 2: { bdev: liar }, 3: { bdev: file } }
    listeners:
      - { trtype: tcp, traddr: 10.0.0.1, trsvcid: 4420 }
      - { trtype: rdma, traddr: 10.0.0.1, trsvcid: 4420 }
END
start_target "$WORK/target.yaml"
target_converged 60 "$WORK/target.yaml"
for trtype in tcp rdma; do
  connect_host $trtype 10.0.0.1 $NQN
  wait_for 20 "the disk" disk_is_usable $NQN 1
  # Linux sends flushes where a controller tells of a cache.
  check_equal "the host's view of the cache" "write back" "$(<"/sys/block/$(disk_of $NQN 1)/queue/write_cache")"
  write_until_cut 1 honest $trtype 25
  write_until_cut 3 files $trtype 5
  if [ $trtype = rdma ]; then
    # A disk that says that it has no cache, and has one: the kernel keeps flushes and FUA from it.
    echo "write through" >"$(queue_of_mapped liar)/write_cache"
    write_until_cut 2 liar $trtype 5
  fi
  check "nvme disconnect" nvme disconnect -n $NQN
done
check_no_host_trouble begin
stop_target
# A ring of io_uring lets go of its files a moment after its process has ended.
wait_for 20 "umount" umount "$WORK/files"
for name in honest liar files; do wait_for 20 "the log of $name ends" dmsetup remove $name; done
replay 0 honest
replay 0 files disk.img "$WORK/replayed"
replay 3 liar
free_loops
