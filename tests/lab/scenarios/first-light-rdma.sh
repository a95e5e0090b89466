# limit: 600
# The main job over rdma: YAML file, target, Linux host, an edit under I/O, and back. See tests/lab/first-light.sh.
source "$LAB_TREE/tests/lab/lib.sh"
source "$LAB_TREE/tests/lab/first-light.sh"

first_light rdma
