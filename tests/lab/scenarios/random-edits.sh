# limit: 1800
# long form
# Random edits of the spec, 300 of them, while a Linux host writes and verifies over RDMA and over TCP: on the subsystems
# that it uses and beside them. What a plan calls undisturbed keeps its connections, and no I/O fails; where a plan foretells
# that the host is dropped, it is dropped and comes back by itself, and its data verify.
# LAB_BENCH_EDITS: how many; LAB_BENCH_SEED: which.
source "$LAB_TREE/tests/lab/lib.sh"
EDITS=${LAB_BENCH_EDITS:-300}
RANDOM=${LAB_BENCH_SEED:-20261}
FILE=$WORK/target.yaml
USED=(nqn.2026-11.org.example:edits-rdma nqn.2026-11.org.example:edits-tcp)
TYPES=(rdma tcp)
PORTS=(4420 4421)

# --- the spec, as a state that edits change --------------------------------------------------------

declare -A HAS=() # what is there of what comes and goes
SIZE=(32 32)      # of the used disks, MiB
SERIAL=(1 1)      # of the used subsystems
GROUP=(1 1)       # ANA groups of the used disks
STATE_1=(optimized optimized)
DEPTH=128 C2H=true LEVEL=info

toggle() { EDIT=$1; if [ -n "${HAS[$1]:-}" ]; then unset "HAS[$1]"; else HAS[$1]=1; fi; }
if_has() { if [ -n "${HAS[$1]:-}" ]; then echo "$2"; elif [ -n "${3:-}" ]; then echo "$3"; fi; } # KEY TEXT [ELSE]
pick() { local all=("$@"); PICKED=${all[RANDOM % $#]}; }

used_subsystem() { # INDEX
  local i=$1
  echo "  ${USED[i]}:"
  echo "    serial_number: NT0000000000010${SERIAL[i]}"
  if_has "any$i" "    allow_any_host: true"
  echo "    hosts:"
  echo "      $HOSTNQN: {}"
  if_has "host$i" "      nqn.2026-11.org.example:other$i: {}"
  echo "    namespaces:"
  echo "      1: { bdev: used$i, ana_group: ${GROUP[i]} }"
  if_has "ns$i" "      2: { bdev: second$i }"
  echo "    listeners:"
  echo "      - { trtype: ${TYPES[i]}, traddr: 10.0.0.1, trsvcid: ${PORTS[i]}, ana_state: ${STATE_1[i]} }"
  if_has "listener$i" "      - { trtype: ${TYPES[i]}, traddr: 10.0.0.2, trsvcid: ${PORTS[i]} }"
}

beside() { # NUMBER: a subsystem that nobody uses, on the address of one that is used
  local n=$1
  echo "  nqn.2026-11.org.example:beside$n:"
  echo "    serial_number: $(if_has "serial$n" NT0000000000020 NT0000000000021)"
  echo "    allow_any_host: true"
  echo "    namespaces: { $(if_has "nsid$n" 1 2): { bdev: beside$n } }"
  echo "    listeners: [ { trtype: ${TYPES[n % 2]}, traddr: 10.0.0.1, trsvcid: ${PORTS[n % 2]} } ]"
}

write_spec() { # FILE
  local i n
  {
    echo "version: 1"
    echo "transports: { rdma: { max_queue_depth: $DEPTH }, tcp: { c2h_success: $C2H } }"
    echo "reconcile: { settle: 100ms, max_deletions: 100%, on_active: proceed }"
    echo "log: { level: $LEVEL }"
    if_has referral "discovery: { referrals: [ { trtype: tcp, traddr: 10.0.0.9, trsvcid: 8009 } ] }"
    echo "bdevs:"
    for i in 0 1; do
      echo "  used$i: { type: malloc, size: ${SIZE[i]}MiB, block_size: 512 }"
      if_has "ns$i" "  second$i: { type: malloc, size: 4MiB, block_size: 4096 }"
    done
    for n in 0 1 2 3; do
      if_has "beside$n" "  beside$n: { type: $(if_has "type$n" malloc '"null"'), size: 4MiB }"
    done
    echo "subsystems:"
    used_subsystem 0
    used_subsystem 1
    for n in 0 1 2 3; do [ -z "${HAS[beside$n]:-}" ] || beside "$n"; done
  } >"$1"
}

edit() { # changes one thing, and leaves in EDIT what
  local i=$((RANDOM % 2)) n=$((RANDOM % 4))
  case $((RANDOM % 16)) in
    0 | 1 | 2) toggle "beside$n" ;;
    3) toggle "serial$n" ;;
    4) toggle "type$n" ;;
    5) toggle "nsid$n" ;;
    6 | 7) toggle "ns$i" ;;
    8) toggle "listener$i" ;;
    9) toggle "host$i" ;;
    10) toggle "any$i" ;;
    11) toggle referral ;;
    12) EDIT="size of used$i" SIZE[i]=$((SIZE[i] + 1)) ;;
    13) EDIT="ANA group of used$i" GROUP[i]=$((1 + RANDOM % 3)) ;;
    14) pick optimized non_optimized; EDIT="ANA state, ${TYPES[i]}" STATE_1[i]=$PICKED ;;
    15)
      EDIT=options
      pick 64 128; DEPTH=$PICKED
      pick true false; C2H=$PICKED
      pick info debug; LEVEL=$PICKED
      # Not as often as the others: this one drops a host.
      [ $((RANDOM % 2)) = 0 ] || { EDIT="serial number, ${TYPES[i]}" SERIAL[i]=$((SERIAL[i] % 9 + 1)); } ;;
  esac
}

# --- one edit --------------------------------------------------------------------------------------

# A process costs so much here that the target is asked over one connection, and its answers are searched as text.
ask() { # METHOD [PARAMS]: the answer in ANSWER
  printf '{"jsonrpc":"2.0","id":1,"method":"%s"%s}\n' "$1" "${2:+,\"params\":$2}" >&"${ASKED[1]}"
  read -r -t 60 ANSWER <&"${ASKED[0]}" || fail "no answer to $1"
}

plan_of() { # FILE: the plan of its text, in the file "plan"
  local yaml=$(<"$1")
  yaml=${yaml//\"/\\\"}
  ask nvmf_target_get_plan "{\"yaml\":\"${yaml//$'\n'/\\n}\\n\"}"
  jq .result.plan <<<"$ANSWER" >"$WORK/plan"
}

# What is to be known of the plan, in PLANNED: disruption, the used subsystems where it foretells that this host loses
# connections, and its steps.
READ_PLAN='[.disruption, ([.steps[] | select((.hosts // [] | index($host)) != null and
    (.action | IN("remove_subsystem", "remove_listener", "remove_host", "set_allow_any_host"))) | .subsystem] | unique | join(",")
    | if . == "" then "-" else . end), ([.steps[].action] | join(" "))] | join(" ")'
read_plan() {
  plan_of "$1"
  PLANNED=$(jq -r --arg host "$HOSTNQN" "$READ_PLAN" "$WORK/plan")
}

is_live() { # HASH
  ask nvmf_target_get_status
  [[ $ANSWER == *"\"accepted_hash\":\"$1\""* && $ANSWER =~ \"accepted_generation\":([0-9]+) ]] || return 1
  [[ $ANSWER == *"\"converged_generation\":${BASH_REMATCH[1]}"[,}]* ]]
}

identity() { # INDEX: controller, its id and its state, in IDENTITY
  local dir
  IDENTITY=
  for dir in /sys/class/nvme/nvme*; do
    [ "$(<"$dir/subsysnqn")" != "${USED[$1]}" ] || IDENTITY="${dir##*/} $(<"$dir/cntlid") $(<"$dir/state")"
  done
}
came_back() { identity "$1" && [ "$IDENTITY" != "$2" ] && [[ $IDENTITY == *live ]]; } # INDEX IDENTITY

apply() { # by rename, as tools do it, and now and then in place, as editors do
  if [ $((RANDOM % 4)) = 0 ]; then echo "$(<"$WORK/next.yaml")" >"$FILE"; else mv "$WORK/next.yaml" "$FILE"; fi
}

declare -A SEEN=()
do_edit() { # NUMBER
  local i before=() hash disruption
  edit
  write_spec "$WORK/next.yaml"
  hash=$(content_hash "$WORK/next.yaml")
  read_plan "$WORK/next.yaml"
  say "edit $1: $EDIT: $PLANNED"
  for i in 0 1; do identity $i; before[i]=$IDENTITY; done
  apply
  wait_for 60 "edit $1 is live" is_live "$hash"
  for i in 0 1; do
    if [[ $PLANNED == *" ${USED[i]}"[,\ ]* || $PLANNED == *",${USED[i]} "* ]]; then
      wait_for 60 "the host is back on ${TYPES[i]}" came_back $i "${before[i]}"
      SEEN[drops]=$((${SEEN[drops]:-0} + 1))
    else
      identity $i
      check_equal "the connection over ${TYPES[i]}" "${before[i]}" "$IDENTITY"
    fi
  done
  disruption=${PLANNED%% *}
  SEEN[$disruption]=$((${SEEN[$disruption]:-0} + 1))
  kill -0 "${FIO[@]}" || fail "fio has ended: $(tail -n 5 "$OUT"/fio-*.log)"
}

write_until_stopped() { # INDEX
  cd "$WORK" && exec fio --name="${TYPES[$1]}" --filename="/dev/$(disk_of "${USED[$1]}" 1)" --ioengine=libaio --direct=1 \
    --rw=randwrite --bssplit=512/30:4k/50:64k/20 --size=16M --iodepth=4 --verify=crc32c --verify_fatal=1 --verify_backlog=32 \
    --verify_state_save=0 --time_based --runtime=3000 --rate_iops=200 --trigger-file="$WORK/stop-$1" --trigger=true \
    --output="$OUT/fio-$1.json" --output-format=json
}

# --- the scenario ----------------------------------------------------------------------------------

write_spec "$FILE"
start_target "$FILE"
target_converged 60 "$FILE"
coproc ASKED { exec socat -t 20 - "UNIX-CONNECT:$RPC"; }
FIO=()
for i in 0 1; do
  connect_host "${TYPES[i]}" 10.0.0.1 "${USED[i]}" -s "${PORTS[i]}" --reconnect-delay=1
  wait_for 20 "the disk of ${USED[i]}" disk_is_usable "${USED[i]}" 1
  write_until_stopped $i >"$OUT/fio-$i.log" 2>&1 &
  FIO[i]=$!
done

began=$SECONDS
for ((n = 1; n <= EDITS; n++)); do
  do_edit $n
  [ $((n % 25)) != 0 ] || note "$n edits in $((SECONDS - began)) s: $(for key in "${!SEEN[@]}"; do printf '%s %s  ' "$key" "${SEEN[$key]}"; done)"
done
[ "$EDITS" -lt 100 ] || [ "${SEEN[drops]:-0}" -gt 0 ] || fail "no edit has dropped the host"

touch "$WORK/stop-0" "$WORK/stop-1" # fio takes it away
for i in 0 1; do
  check "fio over ${TYPES[i]} ended without an error" wait "${FIO[i]}"
  check_equal "errors that fio counts over ${TYPES[i]}" 0 "$(jq '[.jobs[].error, .jobs[].total_err] | add' "$OUT/fio-$i.json")"
  check_equal "fio has read back over ${TYPES[i]}" true "$(jq '[.jobs[].read.total_ios > 0] | all' "$OUT/fio-$i.json")"
done
check_equal "I/O errors in the kernel's log" "" "$(kernel_log_since begin | grep -i 'I/O error' || true)"
plan_of "$FILE"
check_equal "the plan of the last edit, once more: changes" false "$(jq .changes "$WORK/plan")"
stop_target
