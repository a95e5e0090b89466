# limit: 900
# only by name
# The kernel's own host authenticates by DH-HMAC-CHAP over both transports and in both directions, and stays connected when
# its key is changed. Debian 12's kernel is built without (CONFIG_NVME_AUTH); LAB_SUITE=bookworm-backports has one that can.
source "$LAB_TREE/tests/lab/lib.sh"
NQN=nqn.2026-11.org.example:dhchap

modinfo -F depends nvme-core | grep -q nvme.auth \
  || fail "this kernel's host cannot authenticate; take the one of LAB_SUITE=bookworm-backports"

key() { nvme gen-dhchap-key -m "$1" -l "$2" -n "$HOSTNQN" | grep -o 'DHHC-1:.*'; } # HMAC LENGTH
# By rename, as tools do it.
store() { (umask 077 && echo "$2" >"$WORK/.new") && mv "$WORK/.new" "$WORK/$1"; } # FILE KEY
spec() { # DHGROUPS
  cat >"$WORK/next" <<END
version: 1
transports: { rdma: {}, tcp: {} }
bdevs: { disk: { type: malloc, size: 64MiB } }
subsystems:
  $NQN:
    allow_any_host: true
    hosts:
      $HOSTNQN:
        dhchap_key: { file: $WORK/host.secret }
        dhchap_ctrlr_key: { file: $WORK/ctrlr.secret }
        dhchap_dhgroups: [$1]
    namespaces: { 1: { bdev: disk } }
    listeners:
      - { trtype: rdma, traddr: 10.0.0.1, trsvcid: 4420 }
      - { trtype: tcp, traddr: 10.0.0.1, trsvcid: 4420 }
END
  mv "$WORK/next" "$WORK/target.yaml"
}
refused() { # WHAT TRTYPE OPTION...
  local what=$1 trtype=$2
  shift 2
  if nvme connect -t "$trtype" -a 10.0.0.1 -s 4420 -n $NQN "$@" >"$WORK/output" 2>&1; then
    fail "$what: expected that nvme connect fails, but it did not"
  fi
  say "ok: $what ($(head -1 "$WORK/output"))"
  wait_for 30 "no controller" has_no_controller $NQN 10.0.0.1
}
keys_are_set() { journal_plans "$1" | grep -q set_host_keys; } # LINE: since that line of the journal
change_key() { # KEY
  local before
  before=$(journal_lines)
  store host.secret "$1"
  wait_for 20 "the changed key in force" keys_are_set "$before"
}
connected() { # TRTYPE OPTION...
  connect_host "$1" 10.0.0.1 $NQN "${@:2}"
  wait_for 30 "the namespace's disk" disk_is_usable $NQN 1
}
disconnect() { check "nvme disconnect" nvme disconnect -n $NQN; wait_for 20 "no controller" has_no_controller $NQN 10.0.0.1; }

old=$(key 1 32)
new=$(key 3 64)
ctrlr=$(key 2 48)
store host.secret "$old"
store ctrlr.secret "$ctrlr"
spec '"null", ffdhe2048'
start_target "$WORK/target.yaml"
target_converged 60 "$WORK/target.yaml"

for trtype in tcp rdma; do
  refused "no secret ($trtype)" $trtype
  refused "another secret ($trtype)" $trtype -S "$new"
  refused "a subsystem that is another ($trtype)" $trtype -S "$old" -C "$new"
  connected $trtype -S "$old"
  check "it reads ($trtype)" dd if=/dev/"$(disk_of $NQN 1)" of=/dev/null bs=4k count=64 iflag=direct
  disconnect
  connected $trtype -S "$old" -C "$ctrlr"
  identity=$(controller_identity $NQN 10.0.0.1)
  fio --name=io --filename=/dev/"$(disk_of $NQN 1)" --rw=randrw --bs=4k --iodepth=4 --ioengine=libaio --direct=1 \
    --time_based --runtime=20 --output="$OUT/fio-$trtype.txt" &
  pid=$!
  change_key "$new"
  check "fio with the key changed under it ($trtype)" wait $pid
  check_equal "still the same connection ($trtype)" "$identity" "$(controller_identity $NQN 10.0.0.1)"
  disconnect
  refused "the secret of before ($trtype)" $trtype -S "$old"
  connected $trtype -S "$new" -C "$ctrlr"
  disconnect
  change_key "$old"
done
check "the journal says why" grep -q "the key in $WORK/host.secret has changed" "$STATE/journal.jsonl"

for group in ffdhe3072 ffdhe4096 ffdhe6144 ffdhe8192; do
  spec $group
  target_converged 60 "$WORK/target.yaml"
  connected tcp -S "$old" -C "$ctrlr" -i 1
  disconnect
done
check_contains "the kernel says with what it authenticated" 'authenticated with hash hmac\(sha512\) dhgroup ffdhe8192' "$(kernel_log_since begin)"

# The host authenticates anew on connections that are there.
connected tcp -S "$old" -C "$ctrlr" -i 1
change_key "$new"
echo "$new" >/sys/class/nvme/"$CONTROLLER"/dhchap_secret
check "it reads after that" dd if=/dev/"$(disk_of $NQN 1)" of=/dev/null bs=4k count=64 iflag=direct
disconnect
check "no key in what the target writes" sh -c "! grep -rq -e DHHC -e '$(cut -c 11-30 <<<"$new")' $STATE $TARGET_LOG"
stop_target
