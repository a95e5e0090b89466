# limit: 500
# long form
# The unit under a real systemd, as the user that it names, with a file, a block device and a secret that this user may open:
# a Linux host is served over RDMA; a reload of an unchanged file does nothing, a target that was killed or hangs is started
# again, and the host is back by itself each time and finds what it wrote.
source "$LAB_TREE/tests/lab/lib.sh"
NQN=nqn.2026-11.org.example:service
PLACE=/opt/nvmf-target
RPC=/run/nvmf-target/rpc.sock
STATE=/var/lib/nvmf-target

# systemd is the first process of a namespace of processes here, and starts this unit and what it needs, nothing else.
start_systemd() {
  : >/etc/fstab
  mountpoint -q /sys/fs/cgroup || mount -t cgroup2 cgroup2 /sys/fs/cgroup
  # It empties /tmp at its start, so it gets another one.
  unshare --pid --mount --fork --mount-proc --kill-child bash -c 'mount -t tmpfs tmp /tmp && exec env -i container=lab PATH="$PATH" \
    /lib/systemd/systemd --system --unit=nvmf-target.service --log-target=console --show-status=no' \
    >"$OUT/systemd.log" 2>&1 </dev/null &
  SYSTEMD=$!
}
first_of() { FIRST=$(pgrep -P "$SYSTEMD" -x systemd) && [ -n "$FIRST" ]; }
in_system() { nsenter -t "$FIRST" -m -p -r -w "$@"; }
property() { in_system systemctl show -P "$1" nvmf-target.service; }
is_active() { [ "$(property ActiveState)" = active ]; }
has_restarted() { [ "$(property NRestarts)" = "$1" ] && is_active; } # TIMES
# The service's process as this namespace sees it.
find_target() { TARGET_PID=$(pgrep -u nvmf-target -f org.nvmftarget.cli.Main); }
served_again() { # RESTARTS
  wait_for 200 "systemd has started the target again, $1 in all, and it is ready" has_restarted "$1"
  check "its process" find_target
  wait_for 60 "the host is back" controller_is_live $NQN 10.0.0.1
  check "the disk in memory reads" dd "if=/dev/$(disk_of $NQN 1)" of=/dev/null bs=64k count=16 iflag=direct
  local nsid
  for nsid in 2 3; do check_equal "what namespace $nsid reads" "${WRITTEN[nsid]}" "$(contents $nsid)"; done
}
contents() { dd "if=/dev/$(disk_of $NQN "$1")" bs=64k count=32 iflag=direct 2>/dev/null | sha256sum; } # NSID

rm -rf $STATE # what the machine has of it
mkdir -p $PLACE /etc/nvmf
mount --bind "$LAB_TREE" $PLACE
check "the user that the unit names" useradd --system --home-dir $STATE --shell /usr/sbin/nologin nvmf-target
cp $PLACE/systemd/nvmf-target.service /etc/systemd/system/
chmod 0666 /dev/infiniband/rdma_cm /dev/infiniband/uverbs* # as rdma-core's rules for udev do it
mkdir -p /etc/systemd/system/nvmf-target.service.d
cat >/etc/systemd/system/nvmf-target.service.d/lab.conf <<END
[Service]
# A JVM takes its time here.
TimeoutStartSec=200
WatchdogSec=60
Environment="NVMF_TARGET_JAVA_OPTS=$ONE_COMPILER" ${JAVA_HOME:+"JAVA_HOME=$JAVA_HOME"}
StandardOutput=file:$OUT/target.out
StandardError=file:$TARGET_LOG
END
cp $PLACE/systemd/nvmf-target.service.d/storage.conf.example /etc/systemd/system/nvmf-target.service.d/storage.conf
sed -i 's/^#DeviceAllow=/DeviceAllow=/' /etc/systemd/system/nvmf-target.service.d/storage.conf
install -d -o nvmf-target -g nvmf-target -m 0700 /srv/nvmf /etc/nvmf/keys
mount -t tmpfs disks /mnt
truncate -s 16M /mnt/disk
check "the module for loop devices" modprobe loop
wait_for 10 "a loop device" test -e /dev/loop0
check "a disk" losetup /dev/loop0 /mnt/disk
chgrp disk /dev/loop0 # as udev's rules do it
chmod 0660 /dev/loop0
nvme gen-dhchap-key >/etc/nvmf/keys/host
chown nvmf-target /etc/nvmf/keys/host
chmod 0600 /etc/nvmf/keys/host
cat >/etc/nvmf/target.yaml <<END
version: 1
transports: { rdma: {} }
bdevs:
  disk0: { type: malloc, size: 16MiB }
  file0: { type: file, path: /srv/nvmf/file0, size: 16MiB }
  loop0: { type: block, path: /dev/loop0 }
subsystems:
  $NQN:
    allow_any_host: true
    namespaces: { 1: { bdev: disk0 }, 2: { bdev: file0 }, 3: { bdev: loop0 } }
    hosts:
      nqn.2026-11.org.example:keyed: { dhchap_key: { file: /etc/nvmf/keys/host } }
    listeners:
      - { trtype: rdma, traddr: 10.0.0.1, trsvcid: 4420 }
      - { trtype: rdma, traddr: 10.0.0.9, trsvcid: 4420 } # not on this machine
END

start_systemd
wait_for 60 "systemd runs" first_of
wait_for 200 "the service is active, which it is when its listeners are there" is_active
check "its process" find_target
check_contains "the line of status" 'Plan: .* to add.*1 pending' "$(property StatusText)"
check_equal "what is not ready" "subsystems.$NQN.listeners[rdma 10.0.0.9:4420]" "$(rpc nvmf_target_get_status |
  jq -r ".objects[].object")"
connect_host rdma 10.0.0.1 $NQN --reconnect-delay=1
WRITTEN=()
for nsid in 1 2 3; do
  wait_for 20 "the disk of namespace $nsid" disk_is_usable $NQN $nsid
  check "fio over the service" fio --name=v --filename="/dev/$(disk_of $NQN $nsid)" --ioengine=libaio --direct=1 --rw=randwrite \
    --bs=4k --size=2M --iodepth=8 --verify=crc32c --verify_state_save=0 --end_fsync=1
  WRITTEN[$nsid]=$(contents $nsid)
done
check_equal "capabilities of the process" 0000000000004000 "$(awk '$1 == "CapEff:" { print $2 }' "/proc/$TARGET_PID/status")"

note "a reload of an unchanged file"
lines=$(journal_lines)
before=$(controller_identity $NQN 10.0.0.1)
check "systemctl reload" in_system systemctl reload nvmf-target.service
wait_for 20 "the service is active again" is_active
check_equal "restarts" 0 "$(property NRestarts)"
check_equal "steps in the journal since" "" "$(journal_plans "$lines")"
check_equal "the connection" "$before" "$(controller_identity $NQN 10.0.0.1)"

note "the target is killed"
kill -9 "$TARGET_PID"
served_again 1
note "the target hangs, which the watchdog sees"
kill -STOP "$TARGET_PID"
served_again 2
check "nvme disconnect" nvme disconnect -n $NQN

check "systemctl stop" in_system systemctl stop nvmf-target.service
check_equal "how it ended" success "$(property Result)"
TARGET_PID=
kill -9 "$SYSTEMD"
wait "$SYSTEMD" 2>/dev/null || true
umount $PLACE
losetup -d /dev/loop0
umount /mnt
