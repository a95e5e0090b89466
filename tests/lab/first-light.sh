# The main job, over the transport that is named: a YAML file becomes a target, a Linux host uses it, and an
# edit of the file adds a listener and a namespace under I/O; then the edit is undone.
#   first_light rdma|tcp

NQN=nqn.2026-11.org.example:first-light

# write_spec FILE TRTYPE [second]: with "second", the spec after the edit.
write_spec() {
  local second=${3:-}
  cat >"$1" <<END
version: 1
transports:
  $2: {}
bdevs:
  disk0: { type: malloc, size: 256MiB, block_size: 512 }
${second:+  disk1: { type: malloc, size: 64MiB, block_size: 4096 \}}
subsystems:
  $NQN:
    serial_number: NT00000000000001
    allow_any_host: true
    namespaces:
      1: { bdev: disk0 }
${second:+      2: { bdev: disk1 \}}
    listeners:
      - { trtype: $2, traddr: 10.0.0.1, trsvcid: 4420 }
${second:+      - { trtype: $2, traddr: 10.0.0.2, trsvcid: 4420 \}}
END
}

# What fio does on the mounted file system, at three depths and sizes at once, until $WORK/stop appears:
# every block is read back and compared soon after it was written.
write_until_stopped() { # FOLDER
  cd "$WORK" && exec fio --directory="$1" --ioengine=libaio --direct=1 --rw=randwrite --size=16M \
    --verify=crc32c --verify_fatal=1 --verify_backlog=32 --verify_state_save=0 \
    --time_based --runtime=600 --trigger-file="$WORK/stop" --trigger=true \
    --output="$OUT/fio.json" --output-format=json \
    --name=one --bs=4k --iodepth=1 --name=four --bs=16k --iodepth=4 --name=many --bs=128k --iodepth=8
}

kept_file() { # FOLDER [fio options]: a file written once, which must hold its content to the end
  local folder=$1
  shift
  fio --name=kept --directory="$folder" --ioengine=libaio --direct=1 --rw=randwrite --bs=8k --size=8M --iodepth=32 \
    --verify=crc32c --verify_fatal=1 --verify_state_save=0 "$@"
}

has_written() { [ "$(sectors_written "$1")" -ge "$2" ]; } # DISK SECTORS
listeners_over_rpc() { rpc nvmf_subsystem_get_listeners "{\"nqn\": \"$NQN\"}" | jq -r '[.[].address.traddr] | sort | join(" ")'; }
journal_has_plan() { [ -n "$(journal_plans "$1")" ]; } # LINE
discovers() { discovery_entries "$1" "$2" | grep -qx "$3"; }

edit_is_one_plan() { # LINE: the journal since LINE holds one plan, and it is the edit's
  local plans steps
  plans=$(journal_plans "$1")
  printf '%s\n' "$plans" >"$WORK/keep-edit-plan.json"
  check_equal "plans in the journal for the edit" 1 "$(grep -c . <<<"$plans")"
  steps=$(jq -r '.[].action' <<<"$plans" | tr '\n' ' ')
  check_equal "pauses in the plan" 1 "$(grep -ow pause_subsystem <<<"$steps" | wc -l)"
  check_equal "resumes in the plan" 1 "$(grep -ow resume_subsystem <<<"$steps" | wc -l)"
  check_contains "the plan adds the bdev" 'create_bdev' "$steps"
  check_contains "the listener is added within the pause" 'pause_subsystem .*add_listener .*resume_subsystem' "$steps"
  check_contains "the namespace is added within the pause" 'pause_subsystem .*add_namespace .*resume_subsystem' "$steps"
  check_equal "steps that remove" "" "$(grep -o 'remove_[a-z]*' <<<"$steps" || true)"
}

first_light() { # TRTYPE
  TRTYPE=$1
  FILE=$WORK/target.yaml
  MOUNT=$WORK/mnt
  write_spec "$WORK/first.yaml" "$TRTYPE"
  write_spec "$WORK/second.yaml" "$TRTYPE" second
  cp "$WORK/first.yaml" "$FILE"
  mkdir "$MOUNT"

  note "1. the target starts, and a Linux host makes a file system"
  serve_a_host
  note "2. the edit, while fio runs"
  edit_under_io
  check_no_host_trouble begin
  note "3. the edit is undone"
  undo_the_edit
  note "4. the target ends on SIGTERM, with a host connected"
  stop_target
}

serve_a_host() {
  start_target "$FILE"
  wait_for_socket
  check "status waits until the target is as declared" \
    nvmf_target status --rpc-socket "$RPC" --state-dir "$STATE" --wait 60s --for-file "$FILE"
  check_equal "discovery" "$TRTYPE 10.0.0.1 4420 $NQN" "$(discovery_entries "$TRTYPE" 10.0.0.1)"
  connect_host "$TRTYPE" 10.0.0.1 $NQN
  wait_for 20 "the namespace's disk" disk_is_usable $NQN 1
  DISK=$(disk_of $NQN 1)
  FIRST=$(controller_identity $NQN 10.0.0.1)
  check "ext4 on $DISK" mkfs.ext4 -q "/dev/$DISK"
  check "mount" mount "/dev/$DISK" "$MOUNT"
  check "fio writes and verifies a file" kept_file "$MOUNT"
}

edit_under_io() {
  local fio lines before
  before=$(sectors_written "$DISK")
  write_until_stopped "$MOUNT" >"$OUT/fio.log" 2>&1 &
  fio=$!
  wait_for 30 "fio writes" has_written "$DISK" $((before + 20000))
  lines=$(journal_lines)
  mv "$WORK/second.yaml" "$FILE"
  wait_for 30 "the new namespace's disk comes by itself" disk_is_usable $NQN 2
  check "nvme list has the new namespace" disk_is_listed $NQN 2
  check_first_connection
  check "the new listener is in the discovery log" discovers "$TRTYPE" 10.0.0.2 "$TRTYPE 10.0.0.2 4420 $NQN"
  # Short times: this connection's listener is removed later, and the host shall then give up soon.
  connect_host "$TRTYPE" 10.0.0.2 $NQN --ctrl-loss-tmo=4 --reconnect-delay=2
  SECOND=$CONTROLLER
  check_equal "connections to the subsystem" 2 "$(controllers_of $NQN)"
  check "the new namespace reads" dd "if=/dev/$(disk_of $NQN 2)" of=/dev/null bs=128k count=64 iflag=direct
  wait_for 30 "the journal has the edit" journal_has_plan "$lines"
  wait_for 30 "fio still writes" has_written "$DISK" $(($(sectors_written "$DISK") + 2000))
  touch "$WORK/stop"
  check "fio ended without an error" wait "$fio"
  check_equal "errors that fio counts" 0 "$(jq '[.jobs[].error, .jobs[].total_err] | add' "$OUT/fio.json")"
  check_equal "each of fio's jobs has read back" true "$(jq '[.jobs[].read.total_ios > 0] | all' "$OUT/fio.json")"
  check_first_connection
  target_converged 30 "$FILE"
  edit_is_one_plan "$lines"
  check_equal "listeners over RPC" "10.0.0.1 10.0.0.2" "$(listeners_over_rpc)"
}

undo_the_edit() {
  kernel_mark undo
  mv "$WORK/first.yaml" "$FILE"
  wait_for 30 "the second namespace's disk is gone" has_no_disk $NQN 2
  wait_for 30 "the target has ended the second connection" controller_is_lost $NQN 10.0.0.2
  target_converged 30 "$FILE"
  check_equal "listeners over RPC" 10.0.0.1 "$(listeners_over_rpc)"
  check_status "plan finds no changes" 0 \
    nvmf_target plan "$FILE" --rpc-socket "$RPC" --state-dir "$STATE" --detailed-exitcode
  check_equal "discovery" "$TRTYPE 10.0.0.1 4420 $NQN" "$(discovery_entries "$TRTYPE" 10.0.0.1)"
  wait_for 30 "the host has given up the second connection" has_no_controller $NQN 10.0.0.2
  check_first_connection
  check "the file that was written first verifies" kept_file "$MOUNT" --verify_only
  # Losing the second connection is what was asked for; all else must be quiet.
  check_no_host_trouble undo "nvme $SECOND:"
  check_refused "$TRTYPE" 10.0.0.2
  check "umount" umount "$MOUNT"
  check "e2fsck finds nothing" e2fsck -fn "/dev/$DISK"
}

# A reconnect would have given it another controller id.
check_first_connection() { check_equal "the first connection is the same" "$FIRST" "$(controller_identity $NQN 10.0.0.1)"; }

# Only once the host has given up its old connection: until then it refuses a second one by itself.
check_refused() { # TRTYPE ADDRESS
  local code=0
  has_no_controller $NQN "$2" || fail "the host still has a connection to $2"
  timeout 60 nvme connect -t "$1" -a "$2" -s 4420 -n $NQN >"$WORK/output" 2>&1 || code=$?
  [ $code != 0 ] && [ $code != 124 ] || fail "a new connection to $2: expected a refusal, exit status was $code (124: it hung)"
  say "ok: a new connection to $2 is refused ($(<"$WORK/output"))"
}
