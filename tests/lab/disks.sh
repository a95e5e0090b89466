# What scenarios with disks below the target are written with, beside lib.sh.

# No udev runs in the guest: device mapper and LVM make their nodes themselves.
export DM_DISABLE_UDEV=1

use_device_mapper() { # MODULE...
  local module
  for module in loop dm-mod "$@"; do check "the module $module" modprobe "$module"; done
  wait_for 10 "loop devices" test -e /dev/loop-control
}

plug_in_drive() { echo "monitor device_add nvme,id=drive0,bus=slot0,drive=medium0,serial=LAB0DRIVE0" >>/lab/events; }

# The emulated NVMe drive, which a scenario before may have pulled out.
use_drive() {
  check "the module nvme" modprobe nvme
  grep -q 0x010802 /sys/bus/pci/devices/*/class || plug_in_drive
  wait_for 60 "the drive" test -b /dev/nvme0n1
}

queue_of_mapped() { # NAME: where sysfs has the queue of /dev/mapper/NAME
  local dir
  for dir in /sys/block/dm-*; do
    [ "$(<"$dir/dm/name")" != "$1" ] || { echo "$dir/queue"; return 0; }
  done
  return 1
}

# loop_disk NAME MIB: a loop device on WORK/NAME.img; prints its path.
loop_disk() {
  truncate -s "$2M" "$WORK/$1.img"
  losetup --find --show "$WORK/$1.img"
}

free_loops() {
  local loop
  for loop in $(losetup --noheadings --list --output NAME,BACK-FILE | awk -v w="$WORK/" 'index($2, w) == 1 { print $1 }'); do
    losetup -d "$loop"
  done
}
