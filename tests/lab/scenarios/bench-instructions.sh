# limit: 1500
# only by name
# processors: counted
# Instructions that the guest spends on a 4 KiB read over RDMA, host and target together, with the target and with the
# kernel's nvmet: time in this guest is a count of them. Figures: OUT/figures.txt.
source "$LAB_TREE/tests/lab/lib.sh"
source "$LAB_TREE/tests/lab/bench.sh"
READS=${LAB_BENCH_READS:-20000}

# The processor is never idle at this depth, so the time that passes is work.
count() { # DISK: instructions for each read
  run_fio "$1" randread 4k 32 --number_ios="$READS" --output-format=json |
    jq -r '.jobs[0] | if .error != 0 then error("fio failed") else .read.runtime * 1000000 / .read.total_ios | floor end'
}

bench_targets
bench_connect rdma
warm_up "$OURS_DISK" 20
for run in 1 2 3; do
  ours=$(count "$OURS_DISK")
  kernels=$(count "$KERNELS_DISK")
  echo "run $run: nvmf-target $ours, nvmet $kernels" >>"$OUT/figures.txt"
  note "instructions of a 4 KiB read at queue depth 32: $ours with nvmf-target, $kernels with nvmet"
done
check_no_host_trouble begin
stop_target
