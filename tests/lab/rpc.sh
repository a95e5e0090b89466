# What the scenarios share that measure what answers by JSON-RPC cost.
METHODS=(nvmf_get_subsystems bdev_get_iostat thread_get_stats nvmf_get_stats framework_get_reactors) # monitors'

# Microseconds of processor time of each of the target's threads since it began, by name.
thread_times() {
  local task name ns _
  for task in /proc/"$TARGET_PID"/task/*; do
    read -r name <"$task/comm" && read -r ns _ <"$task/schedstat" && echo "${name// /_} $((ns / 1000))"
  done 2>/dev/null | awk '{ us[$1] += $2 } END { for (name in us) print name, us[name] }' | sort
}

# So many requests in turn, each so many seconds after the answer to the one before.
ask() { # COUNT SECONDS METHOD...
  /usr/bin/python3 - "$RPC" "$@" <<'END'
import socket, sys, time
path, count, seconds, methods = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4:]
with socket.socket(socket.AF_UNIX) as rpc:
    rpc.connect(path)
    for n in range(count):
        rpc.sendall(b'{"jsonrpc":"2.0","id":%d,"method":"%s"}' % (n, methods[n % len(methods)].encode()))
        while not rpc.recv(1 << 16).endswith(b"\n"):
            pass
        time.sleep(seconds)
END
}
