#!/bin/bash
# PID 1 of the cluster's own mount and pid namespaces (see up): everything below ends with it, and its mounts with it.
. "$(dirname "$0")/../settings.sh"
mount --make-rprivate /
# The kubelet and the CNI bridge insist on some kernel settings: show them files that hold these already; the host keeps its own.
mkdir -p "$RUN/sys"
for s in vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1 \
         kernel/keys/root_maxkeys=1000000 kernel/keys/root_maxbytes=25000000 net/ipv4/ip_forward=1; do
  f=$RUN/sys/$(tr / _ <<<"${s%=*}"); echo "${s#*=}" > "$f"; mount --bind "$f" "/proc/sys/${s%=*}"
done
# Host folders that containerd, runc, the CNI plugins and the kubelet write to whatever they are told: private ones in their place.
for d in $PRIVATE_DIRS; do mkdir -p "$RUN/private$d"; mount --bind "$RUN/private$d" "$d"; done

etcd --name lab --data-dir "$RUN/etcd" --unsafe-no-fsync \
  --listen-client-urls "http://127.0.0.1:$ETCD_PORT" --advertise-client-urls "http://127.0.0.1:$ETCD_PORT" \
  --listen-peer-urls "http://127.0.0.1:$ETCD_PEER_PORT" --initial-advertise-peer-urls "http://127.0.0.1:$ETCD_PEER_PORT" \
  --initial-cluster "lab=http://127.0.0.1:$ETCD_PEER_PORT" > "$RUN/etcd.log" 2>&1 &
containerd -c "$RUN/containerd.toml" > "$RUN/containerd.log" 2>&1 &
# TaintNodesByCondition is off: without a controller-manager nobody would take the not-ready taint away again
kube-apiserver --etcd-servers="http://127.0.0.1:$ETCD_PORT" --bind-address=127.0.0.1 --advertise-address=127.0.0.1 \
  --secure-port="$API_PORT" --cert-dir="$RUN/certs" --token-auth-file="$RUN/tokens.csv" --authorization-mode=Node,RBAC \
  --service-account-issuer=https://kubernetes.default.svc --service-account-key-file="$RUN/sa.pub" \
  --service-account-signing-key-file="$RUN/sa.key" --service-cluster-ip-range=10.96.0.0/24 --endpoint-reconciler-type=none \
  --enable-admission-plugins=NodeRestriction --disable-admission-plugins=TaintNodesByCondition \
  --kubelet-preferred-address-types=Hostname --allow-privileged=true > "$RUN/apiserver.log" 2>&1 &
until kubectl --kubeconfig "$RUN/admin.kubeconfig" get --raw /readyz >/dev/null 2>&1 && [ -S "$CONTAINERD_ADDRESS" ]; do sleep 0.3; done
kube-scheduler --kubeconfig="$RUN/scheduler.kubeconfig" --authentication-kubeconfig="$RUN/scheduler.kubeconfig" \
  --authorization-kubeconfig="$RUN/scheduler.kubeconfig" --bind-address=127.0.0.1 --secure-port="$SCHEDULER_PORT" \
  --leader-elect=false > "$RUN/scheduler.log" 2>&1 &
kubelet --config="$RUN/kubelet.yaml" --kubeconfig="$RUN/kubelet.kubeconfig" --root-dir="$RUN/kubelet" \
  --cert-dir="$RUN/kubelet-certs" --hostname-override=localhost > "$RUN/kubelet.log" 2>&1 &
wait -n || true                     # a cluster with a part missing only misleads: when one ends, all end
echo "a component ended: see the logs"; exit 1
