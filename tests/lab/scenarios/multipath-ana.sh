# limit: 180
# Asymmetric access as Linux' native multipath sees it: two listeners, and fio with verify while edits of ana_state move
# the namespace from one path to the other and back. fio must see no error.
source "$LAB_TREE/tests/lab/lib.sh"
NQN=nqn.2026-11.org.example:ana

write_spec() { # FILE FIRST SECOND: the states of the two listeners
  cat >"$1" <<END
version: 1
transports:
  tcp: {}
bdevs:
  disk0: { type: malloc, size: 64MiB, block_size: 4096 }
subsystems:
  $NQN:
    serial_number: NT00000000000005
    allow_any_host: true
    namespaces:
      1: { bdev: disk0, ana_group: 7 }
    listeners:
      - { trtype: tcp, traddr: 10.0.0.1, trsvcid: 4420, ana_state: $2 }
      - { trtype: tcp, traddr: 10.0.0.2, trsvcid: 4420, ana_state: { 7: $3 } }
END
}

path_of() { local name; name=$(controller_of $NQN "$1") && echo /sys/block/nvme*c"${name#nvme}"n*; } # ADDRESS
ana_state() { attribute "$(path_of "$1")/ana_state"; }
ana_is() { [ "$(ana_state "$1")" = "$2" ]; }                                 # ADDRESS STATE
ios_at() { awk '{ print $1 + $5 }' "$(path_of "$1")/stat"; }                 # ADDRESS
does_io() { local before; before=$(ios_at "$1"); sleep 0.5; [ "$(ios_at "$1")" -gt "$before" ]; }
is_quiet() { local before; before=$(ios_at "$1"); sleep 1; [ "$(ios_at "$1")" = "$before" ]; }

turn() { # FIRST SECOND SERVING-ADDRESS QUIET-ADDRESS
  write_spec "$WORK/next.yaml" "$1" "$2"
  edit_target "$WORK/next.yaml"
  wait_for 20 "the host sees $1 at the first address" ana_is 10.0.0.1 "${1//_/-}"
  wait_for 20 "the host sees $2 at the second address" ana_is 10.0.0.2 "${2//_/-}"
  wait_for 20 "I/O goes through $3" does_io "$3"
  wait_for 20 "no I/O goes through $4" is_quiet "$4"
}

write_spec "$WORK/first.yaml" optimized inaccessible
shared_target "$WORK/first.yaml"
for address in 10.0.0.1 10.0.0.2; do connect_host tcp $address $NQN; done
wait_for 20 "the namespace's disk" disk_is_usable $NQN 1
DISK=$(disk_of $NQN 1)
wait_for 10 "the second path is inaccessible" ana_is 10.0.0.2 inaccessible
check_contains "ana-log" 'group id *: *7|grpid.*7' "$(nvme ana-log "/dev/$(controller_of $NQN 10.0.0.1)")"
check_contains "ana-log, groups only" 'nnsids *: *0|nsids.*0' "$(nvme ana-log -g "/dev/$(controller_of $NQN 10.0.0.1)")"
identities="$(controller_identity $NQN 10.0.0.1), $(controller_identity $NQN 10.0.0.2)"

(cd "$WORK" && exec fio --name=move --filename="/dev/$DISK" --rw=randwrite --bs=4k --iodepth=8 --ioengine=libaio --direct=1 \
  --size=32M --verify=crc32c --verify_fatal=1 --verify_backlog=32 --verify_state_save=0 --time_based --runtime=600 \
  --trigger-file="$WORK/stop" --trigger=true --output="$OUT/fio.json" --output-format=json) >"$OUT/fio.log" 2>&1 &
fio=$!
wait_for 20 "fio writes" does_io 10.0.0.1
note "the other path"
turn inaccessible optimized 10.0.0.2 10.0.0.1
note "the first again; the second as a spare"
turn optimized non_optimized 10.0.0.1 10.0.0.2
note "both lost for a moment: I/O waits"
write_spec "$WORK/none.yaml" change inaccessible
edit_target "$WORK/none.yaml"
wait_for 20 "the host sees the change" ana_is 10.0.0.1 change
sleep 1
turn persistent_loss optimized 10.0.0.2 10.0.0.1
turn optimized non_optimized 10.0.0.1 10.0.0.2
touch "$WORK/stop"
check "fio ended without an error" wait "$fio"
check_equal "errors that fio counts" 0 "$(jq '[.jobs[].error, .jobs[].total_err] | add' "$OUT/fio.json")"
check_equal "the connections are the same" "$identities" "$(controller_identity $NQN 10.0.0.1), $(controller_identity $NQN 10.0.0.2)"
