# limit: 240
# What nvme-cli asks of controllers and namespaces: identify pages, logs, features, each I/O command with its good and
# its bad end, an edit of the size under a connected host, a reset, and a new number of queues on reconnect.
source "$LAB_TREE/tests/lab/lib.sh"
NQN=nqn.2026-11.org.example:nvme-cli

write_spec() { # FILE SIZE [QUEUES]
  cat >"$1" <<END
version: 1
transports:
  tcp: { max_io_qpairs_per_ctrlr: ${3:-2} }
bdevs:
  disk0: { type: malloc, size: $2, block_size: 512 }
subsystems:
  $NQN:
    serial_number: NT00000000000004
    model_number: lab disk
    allow_any_host: true
    namespaces:
      1: { bdev: disk0, nguid: 000102030405060708090A0B0C0D0E0F, uuid: 6d0a0b06-45c1-4f2c-9a43-0a2d9f2f7a10 }
    listeners:
      - { trtype: tcp, traddr: 10.0.0.1, trsvcid: 4420 }
END
}

# As in SPDK, the admin queue is counted in.
io_queues() { rpc nvmf_subsystem_get_controllers "{\"nqn\": \"$NQN\"}" | jq -r ".[0].num_io_qpairs - 1"; }
has_io_queues() { [ "$(io_queues)" = "$1" ]; }
size_is() { [ "$(blockdev --getsize64 "/dev/$DISK")" = "$1" ]; } # BYTES
json() { nvme "$@" -o json; }

pages() {
  local page
  page=$(json id-ctrl "/dev/$CONTROLLER")
  check_equal "id-ctrl: serial and model number" "NT00000000000004 lab disk" \
    "$(jq -r '[(.sn, .mn) | gsub("^ +| +$"; "")] | join(" ")' <<<"$page")"
  check_equal "id-ctrl: the subsystem's NQN" $NQN "$(jq -r .subnqn <<<"$page")"
  # Compare, Write Uncorrectable, Dataset Management, Write Zeroes, reservations, Verify, Copy: bits 0-3, 5, 7, 8
  check_equal "id-ctrl: optional commands" $((0x1AF)) $(($(jq .oncs <<<"$page") & 0x1AF))
  check_equal "id-ctrl: fused compare and write" 1 "$(jq -r '.fuses % 2' <<<"$page")"
  page=$(json id-ns "/dev/$DISK")
  check_equal "id-ns: size in blocks" 131072 "$(jq -r .nsze <<<"$page")"
  check_equal "id-ns: nguid" 000102030405060708090a0b0c0d0e0f "$(jq -r '.nguid | ascii_downcase' <<<"$page")"
  check "id-ns: it has copy limits" jq -e '.mssrl > 0 and .mcl > 0' <<<"$page"
  check "ns-descs" nvme ns-descs "/dev/$DISK"
  check_contains "ns-descs: uuid" '6d0a0b06-45c1-4f2c-9a43-0a2d9f2f7a10' "$(<"$WORK/output")"
  check_contains "list-ns" '0x1' "$(nvme list-ns "/dev/$CONTROLLER")"
  check "list-ns --all" nvme list-ns --all "/dev/$CONTROLLER"
  check_contains "list-ctrl" '0x' "$(nvme list-ctrl "/dev/$CONTROLLER")"
  for page in nvm-id-ctrl primary-ctrl-caps id-iocs show-regs; do check "$page" nvme $page "/dev/$CONTROLLER"; done
  check "cmdset-ind-id-ns" nvme cmdset-ind-id-ns "/dev/$DISK" -n 1
}

logs() {
  local log
  for log in smart-log error-log fw-log changed-ns-list-log effects-log self-test-log supported-log-pages ana-log \
    fid-support-effects-log; do
    check "$log" nvme $log "/dev/$CONTROLLER"
  done
  check "smart-log counts what was written" jq -e '.host_write_commands > 0 and .data_units_written > 0' \
    <<<"$(json smart-log "/dev/$CONTROLLER")"
  check_status "telemetry is not there" 1 nvme telemetry-log "/dev/$CONTROLLER" -o "$WORK/telemetry"
}

features() {
  local feature
  for feature in 1 2 4 5 6 7 0xa 0xb 0xf 0x16 0x84; do
    check "get-feature $feature" nvme get-feature "/dev/$DISK" -f $feature -H
  done
  check "get-feature, the default" nvme get-feature "/dev/$CONTROLLER" -f 4 -s 1
  check "get-feature, what it can do" nvme get-feature "/dev/$CONTROLLER" -f 4 -s 3
  check "set-feature: temperature threshold" nvme set-feature "/dev/$CONTROLLER" -f 4 -v 0x150
  check_contains "it is kept" '0x0*150' "$(nvme get-feature "/dev/$CONTROLLER" -f 4)"
  check_status "interrupt coalescing is not for fabrics" 1 nvme get-feature "/dev/$CONTROLLER" -f 8
}

commands() {
  local dev=/dev/$DISK
  head -c 4096 /dev/urandom >"$WORK/block"
  check "write" nvme write "$dev" -s 8 -c 7 -z 4096 -d "$WORK/block"
  check "read" nvme read "$dev" -s 8 -c 7 -z 4096 -d "$WORK/read"
  check "what was read is what was written" cmp "$WORK/block" "$WORK/read"
  check "compare" nvme compare "$dev" -s 8 -c 7 -z 4096 -d "$WORK/block"
  check_status "compare with something else" 1 nvme compare "$dev" -s 16 -c 7 -z 4096 -d "$WORK/block"
  check_contains "compare says why" 'compare' "$(<"$WORK/output")"
  check "copy, format 0" nvme copy "$dev" -d 64 -s 8,12 -b 3,3 -F 0
  check "compare what was copied" nvme compare "$dev" -s 64 -c 7 -z 4096 -d "$WORK/block"
  check "verify" nvme verify "$dev" -s 8 -c 7
  check "write-zeroes" nvme write-zeroes "$dev" -s 8 -c 7
  check "write-zeroes, deallocating" nvme write-zeroes "$dev" -s 64 -c 7 -d
  check "dsm: deallocate two ranges" nvme dsm "$dev" -b 8,8 -s 128,256 -d
  check "it reads zeroes" nvme read "$dev" -s 8 -c 7 -z 4096 -d "$WORK/read"
  check "all of them" cmp -n 4096 "$WORK/read" /dev/zero
  check "write-uncor" nvme write-uncor "$dev" -s 32 -c 0
  check_status "what is uncorrectable cannot be read" 1 nvme read "$dev" -s 32 -c 0 -z 512 -d "$WORK/read"
  check_status "nor verified" 1 nvme verify "$dev" -s 32 -c 0
  check "a write heals it" nvme write "$dev" -s 32 -c 0 -z 512 -d "$WORK/block"
  check "it verifies" nvme verify "$dev" -s 32 -c 0
  check "flush" nvme flush "$dev" -n 1
  check_status "beyond the end" 1 nvme verify "$dev" -s 131072 -c 0
  check_contains "it says so" 'range' "$(<"$WORK/output")"
  check_contains "the error log has it" '0x?0*280|LBA|range' "$(nvme error-log "/dev/$CONTROLLER" -e 4)"
}

write_spec "$WORK/first.yaml" 64MiB
write_spec "$WORK/larger.yaml" 96MiB
write_spec "$WORK/queues.yaml" 96MiB 1
shared_target "$WORK/first.yaml"
connect_host tcp 10.0.0.1 $NQN
wait_for 20 "the namespace's disk" disk_is_usable $NQN 1
DISK=$(disk_of $NQN 1)
commands
pages
logs
features
check "ns-rescan" nvme ns-rescan "/dev/$CONTROLLER"

note "an edit of the size is seen by the host"
check_equal "blockdev --getsize64" $((64 << 20)) "$(blockdev --getsize64 "/dev/$DISK")"
edit_target "$WORK/larger.yaml"
wait_for 20 "the host sees the new size by itself" size_is $((96 << 20))

note "reset, and another number of queues"
check "reset" nvme reset "/dev/$CONTROLLER"
wait_for 20 "the controller is live again" controller_is_live $NQN 10.0.0.1
check_equal "I/O queues" 2 "$(io_queues)"
edit_target "$WORK/queues.yaml"
check_equal "a connection keeps its queues" 2 "$(io_queues)"
check "reset" nvme reset "/dev/$CONTROLLER"
wait_for 20 "the controller is live with one I/O queue" has_io_queues 1
check "it reads" dd "if=/dev/$DISK" of=/dev/null bs=4k count=16 iflag=direct
