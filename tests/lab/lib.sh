# What scenarios are written with. A scenario begins with: source "$LAB_TREE/tests/lab/lib.sh"
# It ends at the first failed check with a line that begins with FAIL; cleaning up is done here, on exit.
# OUT is the scenario's result folder on the machine, WORK a fresh folder in the guest's memory.
# What the second guest is called to do is written with the same helpers.

set -Eeuo pipefail
SCENARIO=$(basename "$0" .sh)
WORK=$(mktemp -d "/tmp/$SCENARIO.XXXX")
RPC=$WORK/rpc.sock
STATE=$WORK/state
TARGET_LOG=${OUT:-$WORK}/target.log
TARGET_PID=
SHARES_TARGET=
HOSTNQN=$(cat /etc/nvme/hostnqn)
NVMET=/sys/kernel/config/nvmet

# Waits without a process, of which each one costs: see below.
exec {NEVER}<> <(:)
pause() { read -r -t "$1" -u "$NEVER" || true; }

# --- saying and checking ---------------------------------------------------------------------------

# Starting a process takes 20 to 50 ms in an emulated guest, so the helpers below read files with the shell.
now() { local up; read -r up _ </proc/uptime; echo "$up"; }
say() { printf '[%8.2f] %s\n' "$(now)" "$*"; }
# A line that tests/lab/run prints as it happens.
note() { say "$*"; printf 'note %s\n' "$*" >>/lab/events; }

fail() { # WHAT: what was expected and what was seen
  say "FAIL: $*" >&2 # standard output may be what a caller captures
  exit 1
}

# check WHAT COMMAND...: the command must succeed.
check() {
  local what=$1 code=0
  shift
  "$@" >"$WORK/output" 2>&1 || code=$?
  [ $code = 0 ] || { cat "$WORK/output"; fail "$what: expected success of '$*', but its exit status was $code"; }
  say "ok: $what"
}

# check_status WHAT STATUS COMMAND...: the command must end with this exit status.
check_status() {
  local what=$1 expected=$2 code=0
  shift 2
  "$@" >"$WORK/output" 2>&1 || code=$?
  [ $code = "$expected" ] || { cat "$WORK/output"; fail "$what: expected exit status $expected of '$*', got $code"; }
  say "ok: $what"
}

check_equal() { # WHAT EXPECTED SEEN
  [ "$2" = "$3" ] || fail "$1: expected '$2', saw '$3'"
  say "ok: $1 ($3)"
}

check_contains() { # WHAT PATTERN TEXT: an extended regular expression
  grep -qiE -- "$2" <<<"$3" || fail "$1: expected something that matches '$2', saw: $3"
  say "ok: $1"
}

# wait_for SECONDS WHAT COMMAND...: tries the command until it succeeds.
wait_for() {
  local seconds=$1 what=$2 began=$SECONDS
  shift 2
  until "$@" >"$WORK/output" 2>&1; do
    if [ $((SECONDS - began)) -ge "$seconds" ]; then
      cat "$WORK/output"
      fail "$what: still not so after $seconds s ('$*')"
    fi
    pause 0.2
  done
  say "ok: $what (after $((SECONDS - began)) s)"
}

# --- the kernel's log ------------------------------------------------------------------------------

# Marks the log, so that kernel_log_since NAME finds what came later.
kernel_mark() { echo "lab: $SCENARIO mark $1" >/dev/kmsg; }
kernel_log_since() {
  dmesg >"$WORK/dmesg"
  grep -q "lab: $SCENARIO mark $1\$" "$WORK/dmesg" || fail "the kernel's log no longer holds the mark '$1'"
  sed "1,/lab: $SCENARIO mark $1\$/d" "$WORK/dmesg"
}

# check_no_host_trouble MARK [EXPECTED]: nothing that a Linux host says when I/O did not simply work, but for
# lines that match EXPECTED, an extended regular expression.
check_no_host_trouble() {
  local seen
  kernel_log_since "$1" >"$WORK/since"
  seen=$(grep -vE -- "${2:-^$}" "$WORK/since" | grep -iE 'nvme|rdma_rxe|rxe0|I/O error|blk_update|EXT4-fs error' |
    grep -iE 'error|timeout|timed out|reconnect|retry|reset|abort|fail|keep-alive|unable|invalid|lost' || true)
  [ -z "$seen" ] || fail "kernel log since '$1': expected no errors, retries or reconnects, saw: $seen"
  say "ok: the kernel's log has no error, timeout, retry, reset or reconnect since '$1'"
}

# --- the Linux host --------------------------------------------------------------------------------

# connect_host TRTYPE ADDRESS NQN [nvme-connect options]: connects and leaves the controller's name in CONTROLLER.
connect_host() {
  local trtype=$1 traddr=$2 nqn=$3
  shift 3
  local options=("$@")
  [[ " $* " == *" -s "* ]] || options+=(-s 4420)
  check "nvme connect -t $trtype -a $traddr" nvme connect -t "$trtype" -a "$traddr" -n "$nqn" "${options[@]}"
  wait_for 20 "a live controller for $nqn at $traddr" controller_is_live "$nqn" "$traddr"
  CONTROLLER=$(controller_of "$nqn" "$traddr")
}

# connect_fast NQN [OPTION]: over RDMA to 10.0.0.1, by speaking to the kernel itself: nvme-cli costs a process each time,
# and connects no host twice. Leaves the controller's name in CONTROLLER.
connect_fast() {
  local answer
  exec 3<>/dev/nvme-fabrics
  printf 'transport=rdma,traddr=10.0.0.1,trsvcid=4420,nqn=%s,hostnqn=%s,hostid=%s%s' \
    "$1" "$HOSTNQN" "$(</etc/nvme/hostid)" "${2:+,$2}" >&3
  read -r answer <&3
  exec 3>&-
  answer=${answer#instance=}
  CONTROLLER=nvme${answer%%,*}
}

controller_of() { # NQN ADDRESS: nvmeN of the connection through this address; fails if there is none
  local dir
  for dir in /sys/class/nvme/nvme*; do
    if [ "$(attribute "$dir/subsysnqn")" = "$1" ] && [[ ,$(attribute "$dir/address"), == *",traddr=$2,"* ]]; then
      echo "${dir##*/}"
      return 0
    fi
  done
  return 1
}

attribute() { { echo "$(<"$1")"; } 2>/dev/null || true; } # a controller may go while it is looked at

controllers_of() { # NQN: how many connections the host has
  local dir count=0
  for dir in /sys/class/nvme/nvme*; do [ "$(attribute "$dir/subsysnqn")" != "$1" ] || count=$((count + 1)); done
  echo $count
}

controller_is_live() { [ "$(controller_state "$1" "$2")" = live ]; }
controller_state() { local name; name=$(controller_of "$1" "$2") && attribute "/sys/class/nvme/$name/state"; }
controller_is_lost() { ! controller_is_live "$1" "$2"; }
has_no_controller() { ! controller_of "$1" "$2" >/dev/null; }
# A new connection gets a new controller id, so an unchanged one proves that there was no reconnect.
controller_identity() {
  local name
  name=$(controller_of "$1" "$2") && echo "$name cntlid $(attribute "/sys/class/nvme/$name/cntlid") $(attribute "/sys/class/nvme/$name/state")"
}

disk_of() { # NQN NSID: nvmeXnY; fails if the host has none
  local dir name
  for dir in /sys/block/nvme*n*; do
    name=${dir##*/}
    [[ $name =~ ^nvme[0-9]+n[0-9]+$ ]] || continue # leaves out the hidden path devices, nvmeXcYnZ
    if [ "$(attribute "$dir/device/subsysnqn")" = "$1" ] && [ "$(attribute "$dir/nsid")" = "$2" ]; then
      echo "$name"
      return 0
    fi
  done
  return 1
}
# Under multipath Linux counts I/O at the paths, nvmeXcYnZ, and not at the disk nvmeXnZ above them.
sectors_written() { # DISK
  cat "/sys/block/$1/stat" /sys/block/"${1%n*}"c*n"${1##*n}"/stat 2>/dev/null | awk '{ sum += $7 } END { print sum + 0 }'
}
disk_is_usable() { local disk; disk=$(disk_of "$1" "$2") && [ -b "/dev/$disk" ] && [ "$(attribute "/sys/block/$disk/size")" -gt 0 ]; }
disk_is_listed() { local disk; disk=$(disk_of "$1" "$2") && nvme list -o json | jq -e --arg disk "/dev/$disk" '.Devices[] | select(.DevicePath == $disk)'; }
has_no_disk() { ! disk_of "$1" "$2" >/dev/null; }

discovery_entries() { # TRTYPE ADDRESS: "trtype traddr trsvcid subnqn" of each, without the discovery subsystem's own
  nvme discover -t "$1" -a "$2" -s 4420 -o json | jq -r '.records[]
    | select(.subnqn | startswith("nqn.2014-08.org.nvmexpress.discovery") | not)
    | "\(.trtype) \(.traddr) \(.trsvcid) \(.subnqn)"' | sort
}

# --- the target ------------------------------------------------------------------------------------

# Where a JVM that crashes says what happened. One compiler alone: each time a method moves on to the next one, the JVM
# replaces its first instruction at once, and QEMU, which reads instructions byte by byte, sometimes takes half of it.
ONE_COMPILER=-XX:TieredStopAtLevel=1
export NVMF_TARGET_JAVA_OPTS="-XX:ErrorFile=/lab/results/crash-%p.log $ONE_COMPILER"
nvmf_target() { "$LAB_TREE/bin/nvmf-target" "$@"; }

# start_target FILE [run options]: starts it in the background; its log goes to OUT/target.log.
start_target() {
  local file=$1
  shift
  end_shared_target # which has the addresses
  mkdir -p "$STATE"
  "$LAB_TREE/bin/nvmf-target" run "$file" --rpc-socket "$RPC" --state-dir "$STATE" "$@" \
    >"$OUT/target.out" 2>"$TARGET_LOG" </dev/null &
  TARGET_PID=$!
  say "target started, pid $TARGET_PID"
}

target_is_alive() { [ -n "$TARGET_PID" ] && kill -0 "$TARGET_PID" 2>/dev/null; }

resident_kb() { awk '$1 == "VmRSS:" { print $2 }' "/proc/$TARGET_PID/status"; }
cpu_ms() { awk '{ print ($14 + $15) * 10 }' "/proc/$TARGET_PID/stat"; } # processor time that the target has had

idle_ms() { # SECONDS: processor time that it takes in so long
  local before
  sleep 5
  before=$(cpu_ms)
  sleep "$1"
  echo $(($(cpu_ms) - before))
}

# target_converged SECONDS FILE: exactly this text is accepted and live.
target_converged() {
  wait_for_socket
  wait_for "$1" "the target converges on $(basename "$2")" is_converged_on "$2"
}

# Over RPC, since a JVM takes seconds here; first_light asks the command, too.
is_converged_on() { # FILE
  local status
  status=$(rpc nvmf_target_get_status) || return 1
  jq -e --arg hash "$(content_hash "$1")" '.accepted_hash == $hash and .converged_generation == .accepted_generation
    and any(.conditions[]; .type == "Converged" and .status)' <<<"$status"
}
# What the program calls the content of a file without drop-ins: a hash over two lengths and its bytes.
content_hash() {
  local length
  length=$(printf %08x "$(stat -c %s "$1")")
  echo "sha256:$({ printf "\\0\\0\\0\\0\\x${length:0:2}\\x${length:2:2}\\x${length:4:2}\\x${length:6:2}"; cat "$1"; } | sha256sum | cut -d' ' -f1)"
}

wait_for_socket() {
  local began=$SECONDS
  until [ -S "$RPC" ] && (rpc spdk_get_version) >/dev/null 2>&1; do
    target_is_alive || { tail -n 20 "$TARGET_LOG"; fail "the target ended before it had a socket"; }
    [ $((SECONDS - began)) -lt 150 ] || fail "the target has no socket after 150 s"
    pause 0.2
  done
}

# rpc METHOD [PARAMS]: the answer's result, as JSON. Speaks to the socket itself: a JVM takes seconds here.
rpc() {
  local answer
  read -r -t 20 answer < <(
    jq -nc --arg method "$1" --argjson params "${2:-null}" \
      '{jsonrpc: "2.0", id: 1, method: $method} + if $params == null then {} else {params: $params} end' |
      socat -t 20 - "UNIX-CONNECT:$RPC,shut-none"
  ) || fail "no answer to $1 on $RPC"
  jq -e 'select(has("result")) | .result' <<<"$answer" || fail "$1: expected a result, got $answer"
}

journal_lines() { if [ -e "$STATE/journal.jsonl" ]; then wc -l <"$STATE/journal.jsonl"; else echo 0; fi; }

# journal_plans LINE: the applied plans that the journal got after LINE: one JSON array of steps per line.
journal_plans() {
  tail -n "+$(($1 + 1))" "$STATE/journal.jsonl" | jq -c '[.. | objects | select(has("action"))] | select(length > 0)'
}

# stop_target: SIGTERM; it must end by itself, with exit status 0, within five seconds.
stop_target() {
  local began ended code=0
  target_is_alive || fail "the target should still run, but it has ended"
  began=$(now)
  kill -TERM "$TARGET_PID"
  wait_for_end "$TARGET_PID" 30 || fail "the target still runs 30 s after SIGTERM"
  ended=$(now)
  wait "$TARGET_PID" || code=$?
  TARGET_PID=
  check_equal "the target's exit status after SIGTERM" 0 "$code"
  awk -v a="$began" -v b="$ended" 'BEGIN { exit !(b - a <= 5) }' || fail "the target took $began..$ended s to end after SIGTERM, expected 5 s at most"
  say "ok: the target ended $(awk -v a="$began" -v b="$ended" 'BEGIN { printf "%.1f", b - a }') s after SIGTERM"
}

wait_for_end() { # PID SECONDS: a zombie that waits for its parent has ended
  local began=$SECONDS
  while [ -d "/proc/$1" ] && ! grep -q '^State:[[:space:]]*Z' "/proc/$1/status" 2>/dev/null; do
    [ $((SECONDS - began)) -lt "$2" ] || return 1
    pause 0.05
  done
}

# --- a target that scenarios share -------------------------------------------------------------------

# One target may serve many scenarios in turn, each with an edit of its file: starting a JVM takes half a minute here.
SHARED=/run/lab-target

# shared_target FILE [run options]: the target that is there becomes what FILE says; without one, it is started. A
# scenario that fails takes it down with it. RPC and STATE are its own then, its log is TARGET_LOG.
shared_target() {
  local file=$1
  shift
  RPC=$SHARED/rpc.sock
  STATE=$SHARED/state
  TARGET_LOG=/lab/results/shared-target.log
  SHARES_TARGET=1
  if ! shared_target_is_alive; then
    rm -rf $SHARED
    mkdir -p $STATE
    cp "$file" $SHARED/target.yaml
    run_shared_target "$@"
  else
    TARGET_PID=$(<$SHARED/pid)
    replace_spec "$file"
  fi
  say "the shared target, pid $TARGET_PID"
  wait_for 60 "the shared target converges on $(basename "$file")" is_converged_on $SHARED/target.yaml
}
run_shared_target() { # [run options]
  # A session of its own: it outlives the scenario.
  setsid "$LAB_TREE/bin/nvmf-target" run $SHARED/target.yaml --rpc-socket "$RPC" --state-dir "$STATE" "$@" \
    >>"${TARGET_LOG%.log}.out" 2>>"$TARGET_LOG" </dev/null &
  TARGET_PID=$!
  echo $TARGET_PID >$SHARED/pid
  wait_for_socket
}
# The shared target dies and is started again, with its file and the state that it left.
kill_and_restart_target() {
  kill -9 "$TARGET_PID"
  wait_for_end "$TARGET_PID" 20 || fail "the target does not end"
  run_shared_target
  wait_for 60 "the target converges again" is_converged_on $SHARED/target.yaml
}
replace_spec() { cp "$1" $SHARED/.new && mv $SHARED/.new $SHARED/target.yaml; } # by rename, as tools do it
end_shared_target() {
  if shared_target_is_alive; then
    kill -TERM "$(<$SHARED/pid)"
    wait_for_end "$(<$SHARED/pid)" 30 || fail "the shared target still runs 30 s after SIGTERM"
    say "the target that scenarios before this one shared has ended"
  fi
}
shared_target_is_alive() { [ -e $SHARED/pid ] && kill -0 "$(<$SHARED/pid)" 2>/dev/null; }

# edit_target FILE: the target's file is replaced by FILE, and the target follows.
edit_target() {
  replace_spec "$1"
  wait_for 60 "the target follows the edit $(basename "$1")" is_converged_on $SHARED/target.yaml
}

# --- the second guest ------------------------------------------------------------------------------

# peer COMMAND...: runs bash text in the second guest, with these helpers, and has its output and exit status.
peer() {
  local call
  call=$(peer_begin "$@")
  peer_end "$call"
}

# peer_begin COMMAND...: the same, but goes on at once; prints what peer_end takes.
peer_begin() {
  local call="$SCENARIO.$BASHPID.$RANDOM$RANDOM"
  printf '%s\n' "$*" >"/lab/peer/calls/$call.new"
  mv "/lab/peer/calls/$call.new" "/lab/peer/calls/$call.call"
  echo "$call"
}

peer_end() { # CALL [SECONDS]
  local file=/lab/peer/calls/$1 began=$SECONDS
  until [ -e "$file.status" ]; do
    [ $((SECONDS - began)) -lt "${2:-120}" ] || { cat "$file.out" || true; fail "no answer of the second guest to $1"; }
    pause 0.1
  done
  cat "$file.out"
  return "$(<"$file.status")"
}

freeze_peer() { echo freeze >>/lab/events; say "the second guest stands still"; }
thaw_peer() { echo thaw >>/lab/events; say "the second guest goes on"; }

# use_rdma_link [MTU]: a soft-RoCE device on the network between the guests, on both sides: rxe1 here, rxe0 there.
use_rdma_link() {
  link_mtu "${1:-1500}"
  check "rdma link add" rdma link add rxe1 type rxe netdev link0
  check "rdma link add in the second guest" peer "rdma link add rxe0 type rxe netdev link0"
}
link_mtu() {
  check "MTU $1" ip link set link0 mtu "$1"
  check "MTU $1 in the second guest" peer "ip link set link0 mtu $1"
}

leave_peer() { # EXIT-STATUS
  echo thaw >>/lab/events
  [ "$1" = 0 ] || (peer dmesg) >"$OUT/peer-dmesg" 2>&1
  (peer "set +e; nvme disconnect-all; pkill fio; tc qdisc del dev link0 root; rdma link delete rxe0; ip link set link0 up mtu 1500; true") >/dev/null 2>&1
  tc qdisc del dev link0 root 2>/dev/null
  rdma link delete rxe1 2>/dev/null
  ip link set link0 up mtu 1500
}

# --- the kernel's own target, as yardstick ---------------------------------------------------------

nvmet_add_subsystem() { # NQN DEVICE
  mkdir -p "$NVMET/subsystems/$1/namespaces/1"
  echo 1 >"$NVMET/subsystems/$1/attr_allow_any_host"
  echo -n "$2" >"$NVMET/subsystems/$1/namespaces/1/device_path"
  echo 1 >"$NVMET/subsystems/$1/namespaces/1/enable"
}

nvmet_add_port() { # ID TRTYPE ADDRESS TRSVCID NQN
  local port=$NVMET/ports/$1
  mkdir "$port"
  echo ipv4 >"$port/addr_adrfam"
  echo "$2" >"$port/addr_trtype"
  echo "$3" >"$port/addr_traddr"
  echo "$4" >"$port/addr_trsvcid"
  ln -s "$NVMET/subsystems/$5" "$port/subsystems/$5"
}

nvmet_clear() {
  local entry
  for entry in "$NVMET"/ports/*/subsystems/*; do [ ! -L "$entry" ] || rm "$entry"; done
  for entry in "$NVMET"/ports/*; do [ ! -d "$entry" ] || rmdir "$entry"; done
  for entry in "$NVMET"/subsystems/*/namespaces/*; do [ ! -d "$entry" ] || { echo 0 >"$entry/enable"; rmdir "$entry"; }; done
  for entry in "$NVMET"/subsystems/*; do [ ! -d "$entry" ] || rmdir "$entry"; done
}

# null_disk NAME MIB BLOCK_SIZE: makes /dev/NAME, which forgets what is written. Like a null bdev.
null_disk() {
  local dir=/sys/kernel/config/nullb/$1
  mkdir "$dir"
  echo "$2" >"$dir/size"
  echo "$3" >"$dir/blocksize"
  echo 0 >"$dir/irqmode"  # complete in the submitter's context: no device of its own to wait for
  echo 1 >"$dir/power"
}
null_clear() { local dir; for dir in /sys/kernel/config/nullb/*/; do [ ! -e "$dir/power" ] || { echo 0 >"$dir/power"; rmdir "$dir"; }; done; }

# --- leaving ---------------------------------------------------------------------------------------

clean_up() {
  local code=$? pid
  trap - EXIT ERR
  set +e
  # Reads and writes in flight would hold up the unmount and the disconnect.
  for pid in $(jobs -p); do [ "$pid" = "$TARGET_PID" ] || kill -9 "$pid" 2>/dev/null; done
  awk -v w="$WORK/" 'index($2, w) == 1 { print $2 }' /proc/mounts | while read -r dir; do umount "$dir" || umount -l "$dir"; done
  nvme disconnect-all >/dev/null 2>&1
  if [ -n "$SHARES_TARGET" ] && [ $code = 0 ]; then
    TARGET_PID= # the next scenario has it
  fi
  if target_is_alive; then
    kill -TERM "$TARGET_PID"
    wait_for_end "$TARGET_PID" 5 || kill -9 "$TARGET_PID"
  fi
  # A target that still ran would hold on to a device that is to go.
  ! grep -q '^# guests: 2' "$0" || leave_peer $code
  [ ! -d "$NVMET" ] || nvmet_clear 2>/dev/null
  null_clear 2>/dev/null
  [ ! -e "$STATE/journal.jsonl" ] || cp "$STATE/journal.jsonl" "$OUT/"
  cp "$WORK"/*.yaml "$WORK"/keep-* "$OUT/" 2>/dev/null
  [ $code = 0 ] || { [ ! -s "$TARGET_LOG" ] || { echo "--- end of the target's log:"; tail -n 12 "$TARGET_LOG"; ls /lab/results/crash-* 2>/dev/null; }; }
  rm -rf "$WORK"
  [ $code != 0 ] || say "pass: $SCENARIO"
  exit $code
}
trap clean_up EXIT
trap 'exit 143' TERM INT
trap 'say "FAIL: line $LINENO: \"$BASH_COMMAND\" failed" >&2' ERR

[ -n "${LAB_PEER:-}" ] || kernel_mark begin
