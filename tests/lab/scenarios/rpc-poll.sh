# limit: 1200
# only by name
# What a monitor costs hosts: fio's 4 KiB random reads over RDMA, in pairs, with and without somebody who asks the RPC
# socket 50 times a second for what monitors ask for. Emulation is slow and unsteady: the medians of the pairs count, and
# what each pair differs by without a monitor (two runs of the same) says how much is noise. The monitor runs on the two
# emulated processors that host and target have: what it takes itself is seen by one that asks nobody, and what asking
# anybody at all costs by one that asks a server in C which only says back what it hears. What the target's threads take
# meanwhile is told by name. Figures: OUT/figures.txt.
source "$LAB_TREE/tests/lab/lib.sh"
source "$LAB_TREE/tests/lab/bench.sh"
source "$LAB_TREE/tests/lab/rpc.sh"
RUNS=${LAB_BENCH_RUNS:-7}
SECONDS_EACH=${LAB_BENCH_SECONDS:-5}
WARM_ROUNDS=${LAB_BENCH_WARM_ROUNDS:-20}
ANSWERS=/run/rpc-poll.answers # not beside the spec: the target looks at what is written there
ECHO=/run/rpc-poll.echo

# Asks on one connection, once in so many seconds; without a process for each.
poll() { # SECONDS SOCAT-ADDRESS...
  local n=0 every=$1
  shift
  while pause "$every"; do
    printf '{"jsonrpc":"2.0","id":%d,"method":"%s"}' $((n + 1)) "${METHODS[n++ % ${#METHODS[@]}]}"
  done | socat -t 5 "$@" >"$ANSWERS"
}

# "IOPS p50-µs p99-µs" of one run, while a monitor asks the one at SOCAT-ADDRESS...
measure_polled() { # SOCAT-ADDRESS...
  poll 0.02 "$@" &
  local poller=$!
  measure
  pkill -P $poller 2>/dev/null || true
  kill $poller 2>/dev/null || true
  wait $poller 2>/dev/null || true
}

# What they took between two of these, the six that took most.
took() { # BEFORE AFTER
  join "$1" "$2" | awk '{ print int(($3 - $2) / 1000), $1 }' | sort -rn | head -6 | awk '{ printf "%s %s ms, ", $2, $1 }'
}

# "IOPS p50-µs p99-µs" of one run.
measure() {
  run_fio "$OURS_DISK" randread 4k "$DEPTH" ${RATE:+--rate_iops=$RATE --rate_process=poisson} \
    --time_based --ramp_time=1 --runtime="$SECONDS_EACH" --output-format=json |
    jq -r '.jobs[0] | if .error != 0 then error("fio failed") else .read end
      | "\(.iops | floor) \(.clat_ns.percentile["50.000000"] / 1000 | floor) \(.clat_ns.percentile["99.000000"] / 1000 | floor)"'
}

median() { cut -d' ' -f"$2" "$1" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

figures() { # NAME FILE
  printf '%-12s queue depth %-14s IOPS %-8s p50 %-8s p99 %-8s us\n' "$1" "$DEPTH${RATE:+ at $RATE/s}" \
    "$(median "$2" 1)" "$(median "$2" 2)" "$(median "$2" 3)" | tee -a "$OUT/figures.txt"
}

# What the p99 of each run is of that of the run it belongs to, in %, in ascending order.
of() { # FILE FILE
  paste -d' ' "$1" "$2" | awk '{ printf "%d\n", 100 * $3 / $6 }' | sort -n | paste -sd' '
}

# Milliseconds of processor time that the target's compilers have taken since it began.
compiled() { thread_times | awk '/^C[12]_Compiler/ { us += $2 } END { print int(us / 1000) }'; }

# Does what follows until the compilers have next to nothing to do for it any more, so many times at most.
settle() { # ROUNDS WHAT COMMAND...
  local round before took began
  for ((round = 1; round <= $1; round++)); do
    before=$(compiled)
    began=$SECONDS
    "${@:3}" >/dev/null
    took=$(($(compiled) - before))
    say "warm-up $round: $2: $((SECONDS - began)) s, for which the compilers took $took ms"
    if ((took < 500)); then break; fi
  done
}

bench_targets
bench_connect rdma
nice -n 10 socat "UNIX-LISTEN:$ECHO,fork" PIPE & # as nice as the target's thread that answers
echo_server=$!
warm_up "$OURS_DISK" 20
# Answers, too, are interpreted before they are compiled, and a monitor asks for months: so long until the compilers are at
# rest, which natively is so after some 25,000. They are not yet when the same is asked for in another rhythm.
settle "$WARM_ROUNDS" "2000 answers" ask 2000 0 "${METHODS[@]}"
DEPTH=32
settle "$WARM_ROUNDS" "as it is measured" measure_polled - "UNIX-CONNECT:$RPC"
for load in 1 32 paced; do
  RATE=
  if [ "$load" = paced ]; then RATE=$(($(median "$WORK/run.alone" 1) / 2)); else DEPTH=$load; fi
  rm -f "$WORK"/run.*
  for ((run = 1; run <= RUNS; run++)); do
    thread_times >"$WORK/times.0"
    measure >>"$WORK/run.alone"
    thread_times >"$WORK/times.1"
    measure_polled - "UNIX-CONNECT:$RPC" >>"$WORK/run.polled"
    thread_times >"$WORK/times.2"
    check "the monitor had answers" test -s "$ANSWERS"
    check "no answer is an error" eval '! grep -q "\"error\":{" "$ANSWERS"'
    say "alone: $(took "$WORK/times.0" "$WORK/times.1")"
    say "polled: $(took "$WORK/times.1" "$WORK/times.2")"
    rm "$ANSWERS"
    measure_polled - "UNIX-CONNECT:$ECHO" >>"$WORK/run.echo"
    check "the monitor heard itself" test -s "$ANSWERS"
    measure_polled -u - OPEN:/dev/null >>"$WORK/run.nobody"
    measure >>"$WORK/run.again"
  done
  figures alone "$WORK/run.alone"
  figures polled "$WORK/run.polled"
  figures "asks an echo" "$WORK/run.echo"
  figures "asks nobody" "$WORK/run.nobody"
  figures "alone again" "$WORK/run.again"
  note "queue depth $DEPTH${RATE:+ at $RATE/s}: p99 $(median "$WORK/run.alone" 3) us alone," \
    "$(median "$WORK/run.polled" 3) us while a monitor asks 50 times a second, $(median "$WORK/run.echo" 3) us while it asks an echo," \
    "$(median "$WORK/run.nobody" 3) us while it asks nobody, $(median "$WORK/run.again" 3) us alone again" |
    tee -a "$OUT/figures.txt"
  note "in %, run by run: polled of echo: $(of "$WORK/run.polled" "$WORK/run.echo"); echo of alone:" \
    "$(of "$WORK/run.echo" "$WORK/run.alone"); alone again of alone: $(of "$WORK/run.again" "$WORK/run.alone")" |
    tee -a "$OUT/figures.txt"
done
kill $echo_server
check "nvme disconnect-all" nvme disconnect-all
check_no_host_trouble begin
stop_target
