# Sourced by every script: where things live, names, versions, small helpers.
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)          # this folder, never written to
: "${LAB:=${XDG_CACHE_HOME:-$HOME/.cache}/sluice/kube-lab}"  # everything else: caches, images, run state
export LAB HERE

KUBE_VERSION=$(sed -n 's#^\tk8s.io/kubernetes v##p' "$HERE/kube/go.mod")
RUN=$LAB/run                                                 # state of the running cluster; `down` removes it
BRIDGE=kubelab0 SUBNET=10.99.0 CGROUP=kubelab                # the names on the host: one cluster per machine
API_PORT=16443 ETCD_PORT=12379 ETCD_PEER_PORT=12380 KUBELET_PORT=16250 KUBELET_HEALTH_PORT=16248 SCHEDULER_PORT=16259
CA_BUNDLE=${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}
export KUBE_VERSION RUN BRIDGE SUBNET CGROUP API_PORT ETCD_PORT ETCD_PEER_PORT KUBELET_PORT KUBELET_HEALTH_PORT SCHEDULER_PORT
export CONTAINERS_STORAGE_CONF=$LAB/build/storage.conf CONTAINERS_CONF=$LAB/build/containers.conf   # read by buildah
export CONTAINERD_ADDRESS=$RUN/containerd.sock CONTAINERD_NAMESPACE=k8s.io                           # read by ctr
export PATH=$LAB/bin:$PATH

say() { echo "[${0##*/} ${SECONDS}s] $*" >&2; }
die() { echo "${0##*/}: $*" >&2; exit 1; }
# render TEMPLATE: fills ${NAME} for the variables above (and TOKEN/ROLE of the caller), nothing else
render() { envsubst '$LAB $RUN $BRIDGE $SUBNET $CGROUP $API_PORT $KUBELET_PORT $KUBELET_HEALTH_PORT $USER_NAME $TOKEN' < "$1"; }
# alive: whether this LAB's cluster runs (after a reboot the number in $RUN/pid may be someone else's)
alive() { [ -e "$RUN/pid" ] && grep -q cluster/inner.sh "/proc/$(cat "$RUN/pid")/cmdline" 2>/dev/null; }
# wait_for SECONDS WHAT COMMAND...: polls; on timeout says what was awaited and where the logs are
wait_for() {
  local end=$((SECONDS + $1)) what=$2; shift 2
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || die "gave up waiting for $what; see $RUN/*.log"
    alive || die "the cluster died before $what; see $RUN/*.log"
    sleep 0.3
  done
}

[ "$(id -u)" = 0 ] || die "needs root"
[[ $LAB == /*kube-lab* ]] || die "LAB must be absolute and have kube-lab in its name, for up and down remove folders in it: $LAB"
[[ $LAB != *[[:space:]]* ]] || die "LAB must not contain white space"
[ ${#LAB} -le 60 ] || die "LAB is too long for the unix sockets under it (60 characters at most)"
