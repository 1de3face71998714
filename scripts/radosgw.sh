#!/usr/bin/env bash
# An object storage of one test's own: Ceph's S3 gateway with one monitor, one manager and one store in memory, on
# loopback. `scripts/radosgw.sh DIRECTORY MONITOR_PORT S3_PORT`; it prints `ready` when S3 answers and ends with its
# standard input. The access key is `sekisho`, the secret `sekisho-secret`.
set -euo pipefail

directory=$1 monitor_port=$2 s3_port=$3
export CEPH_CONF="$directory/ceph.conf"
mkdir -p "$directory"/{mon,osd,mgr,rgw,run}
fsid=$(cat /proc/sys/kernel/random/uuid)
osd=$(cat /proc/sys/kernel/random/uuid)

cat >"$CEPH_CONF" <<CONF
[global]
fsid = $fsid
mon_host = v1:127.0.0.1:$monitor_port
public_network = 127.0.0.0/8
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
keyring = $directory/keyring
run_dir = $directory/run
admin_socket = $directory/run/\$name.asok
log_file = $directory/\$name.log
crash_dir = $directory/run
pid_file =
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 1
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_max_pg_per_osd = 1000
mon_data = $directory/mon
mon_data_avail_warn = 0
mon_data_avail_crit = 0
osd_data = $directory/osd
osd_objectstore = memstore
memstore_device_bytes = 1073741824
mgr_data = $directory/mgr
rgw_data = $directory/rgw
rgw_frontends = beast endpoint=127.0.0.1:$s3_port
rgw_thread_pool_size = 32
CONF

pids=()
stop() {
  for pid in "${pids[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
}
trap stop EXIT
begin() {
  "$@" >>"$directory/daemons.log" 2>&1 </dev/null &
  pids+=("$!")
}

{
  ceph-authtool --create-keyring "$directory/keyring" --gen-key -n mon. --cap mon 'allow *'
  ceph-authtool "$directory/keyring" --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *'
  monmaptool --create --addv a "[v1:127.0.0.1:$monitor_port]" --fsid "$fsid" "$directory/monmap"
  ceph-mon --mkfs -i a --monmap "$directory/monmap" --keyring "$directory/keyring"
} >>"$directory/daemons.log" 2>&1
begin ceph-mon -f -i a
ceph --connect-timeout 30 osd new "$osd" >>"$directory/daemons.log" 2>&1
ceph-osd --mkfs -i 0 --osd-uuid "$osd" >>"$directory/daemons.log" 2>&1
# A store that asks before it knows the monitor's name is told "wrong fsid" and ends; without one everything else waits.
is_up=
for ((start = 0; start < 5; start++)); do
  begin ceph-osd -f -i 0
  while [[ -z $is_up ]] && kill -0 "${pids[-1]}" 2>/dev/null; do
    if ceph --connect-timeout 5 osd stat 2>>"$directory/daemons.log" | grep -q ' 1 up'; then is_up=yes; fi
  done
  if [[ -n $is_up ]]; then break; fi
done
if [[ -z $is_up ]]; then
  echo 'radosgw.sh: the store ended again and again' >&2
  exit 1
fi
begin ceph-mgr -f -i x
radosgw-admin user create --uid sekisho --display-name sekisho --access-key sekisho --secret sekisho-secret \
  >>"$directory/daemons.log" 2>&1
begin radosgw -f -n client.admin
for ((try = 0; try < 300; try++)); do
  if (exec 3<>"/dev/tcp/127.0.0.1/$s3_port") 2>/dev/null; then
    echo ready
    break
  fi
  sleep 0.1
done
cat >/dev/null
