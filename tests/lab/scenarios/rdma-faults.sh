# limit: 600
# long form
# guests: 2
# What may happen to a target and its network while a host writes: the wire is cut and comes back, the target stands
# still for 20 s, the target is killed and started anew. The host reconnects by itself, fio sees no error, data verify.
source "$LAB_TREE/tests/lab/lib.sh"
source "$LAB_TREE/tests/lab/rdma-peer.sh"
NQN=nqn.2026-11.org.example:rdma-faults

write_there() { # fio in the second guest, until the file /tmp/stop appears there
  there "rm -f /tmp/stop"
  there_begin "cd /tmp; fio --name=v --filename=/dev/\$DISK --rw=randwrite --bs=8k --iodepth=16 --size=16m --time_based --runtime=500 \
    --ioengine=libaio --direct=1 $1 --trigger-file=/tmp/stop --trigger=true"
}
is_writing() { there 'a=$(sectors_written $DISK); sleep 1; b=$(sectors_written $DISK); [ "$b" -gt "$a" ]'; }

rdma_spec "$WORK/target.yaml" $NQN
use_rdma_link 4200
shared_target "$WORK/target.yaml"
connect_there 10.0.1.1 --keep-alive-tmo=5
fio=$(write_there "--verify=crc32c --verify_fatal=1 --verify_backlog=16 --verify_state_save=0")
wait_for 30 "the second guest writes" is_writing

note "the wire is cut for 15 s"
# Not by taking the interface down: soft-RoCE of kernel 6.1 then sends nothing for minutes, to nvmet neither.
lose 100
sleep 15
lose_nothing
wait_for 120 "the second guest writes again" is_writing

note "the target stands still for 20 s"
kill -STOP "$TARGET_PID"
sleep 20
kill -CONT "$TARGET_PID"
wait_for 120 "the second guest writes again" is_writing
check "stop" there "touch /tmp/stop"
check "fio ended without an error" peer_end "$fio" 120

note "the target is killed and started anew"
# Memory ends with the process, so what was written before cannot be read back after; what is written after must be.
fio=$(write_there "")
wait_for 30 "the second guest writes" is_writing
kill_and_restart_target
wait_for 180 "the second guest writes again" is_writing
check "stop" there "touch /tmp/stop"
check "fio ended without an error" peer_end "$fio" 120
check "what is written now verifies" there "fio --name=v --filename=/dev/\$DISK --rw=randwrite --bs=8k --iodepth=16 --size=4m $VERIFY"
