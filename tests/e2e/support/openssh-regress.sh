#!/bin/sh
# Stands in for the prelude of OpenSSH's regress scripts: theirs starts a server of its own, here the server is the
# gateway and behind it the target. Usage: openssh-regress.sh DIRECTORY SCRIPT
#
# DIRECTORY holds bin/ (the newest ssh, scp, sftp, ...), ssh_config and ssh_proxy (both lead to the gateway), known_hosts,
# and offered/{cipher,mac,kex}. The scripts' words are kept: OBJ, SSH, DATA, COPY, fail, verbose ...
OBJ=$1
SCRIPT=$2
RESULT=0
SRC=$(dirname "$SCRIPT")
USER=$REGRESS_LOGIN PORT=$REGRESS_PORT LOGNAME=$(id -un)
TEST_SHELL=/bin/sh
TEST_REGRESS_LOGFILE=$OBJ/regress.log TEST_SSH_LOGFILE=$OBJ/ssh.log TEST_SSHD_LOGFILE=$OBJ/sshd.log
TEST_SSH_LOGDIR=$OBJ/log
SSH=$OBJ/ssh REAL_SSH=$OBJ/bin/ssh SSH_BIN=$OBJ/bin/ssh SCP=$OBJ/bin/scp SFTP=$OBJ/bin/sftp
SSHKEYGEN=$OBJ/bin/ssh-keygen SSHKEYSCAN=$OBJ/bin/ssh-keyscan
SSHAGENT=$OBJ/bin/ssh-agent SSHADD=$OBJ/bin/ssh-add
SFTPSERVER=$OBJ/sftp-server NC=$OBJ/netcat TMUX=tmux
SSH_KEYTYPES=ssh-ed25519 SSH_HOSTKEY_TYPES=ssh-ed25519
SHELL=/bin/sh _POSIX2_VERSION=199209 SUDO=
export USER PORT LOGNAME OBJ SSH SCP SFTP SFTPSERVER SSHKEYGEN SHELL _POSIX2_VERSION
unset SSH_AUTH_SOCK
mkdir -p "$TEST_SSH_LOGDIR"
: >"$OBJ/sshd_config"
: >"$OBJ/sshd_proxy" # Whatever a script writes for a server of its own, nobody reads.

# What can be agreed on is what the gateway offers, not what ssh knows.
cat >"$SSH" <<WRAPPER
#!/bin/sh
if [ "\$1" = -Q ]; then
  case "\$2" in
    cipher | Ciphers) exec cat $OBJ/offered/cipher ;;
    mac | MACs) exec cat $OBJ/offered/mac ;;
    kex | KexAlgorithms) exec cat $OBJ/offered/kex ;;
    compression) echo none; exit 0 ;;
  esac
fi
exec $REAL_SSH -E$TEST_SSH_LOGFILE "\$@"
WRAPPER

# The scripts run a server program directly; here it stands behind the gateway.
cat >"$SFTPSERVER" <<WRAPPER
#!/bin/sh
exec $REAL_SSH -E$OBJ/sftp-ssh.log -F $OBJ/ssh_proxy -s somehost sftp
WRAPPER

cat >"$NC" <<'WRAPPER'
#!/bin/bash
exec 3<>"/dev/tcp/$1/$2"
(
  cat <&3
  kill $$
) &
cat >&3
kill %1
WRAPPER

# The scripts' own copy runs the far scp on this side; only its hostile servers are left to it.
cat >"$SRC/scp-ssh-wrapper.sh" <<WRAPPER
#!/bin/sh
[ -z "\$SCPTESTMODE" ] || exec sh $OBJ/src/their-scp-ssh-wrapper.sh "\$@"
exec $REAL_SSH -F $OBJ/ssh_config "\$@"
WRAPPER
chmod 755 "$SSH" "$SFTPSERVER" "$NC" "$SRC/scp-ssh-wrapper.sh"

DATANAME=data
DATA=$OBJ/$DATANAME
COPY=$OBJ/copy
head -c "$REGRESS_DATA_BYTES" "$SSH_BIN" >"$DATA"

increase_datafile_size() {
  while [ "$(du -k "$DATA" | cut -f1)" -lt "$1" ]; do head -c 300000 "$SSH_BIN" >>"$DATA"; done
}
jot() { seq "$2" $(($2 + $1 - 1)); }
md5() { md5sum; }
config_defined() { return 1; }
have_prog() { command -v "$1" >/dev/null; }
ssh_logfile() { echo "$TEST_SSH_LOGDIR/$1.log"; }
make_tmpdir() { SSH_REGRESS_TMP=$(mktemp -d "$OBJ/tmp-XXXXXX"); }
enrolled_key() { cp "$OBJ/key" "$1" && "$SSHKEYGEN" -yf "$1" >"$1.pub"; }
start_sshd() { :; }
stop_sshd() { :; }
maybe_add_scp_path_to_sshd() { :; }
enable_all_kexes_in_sshd() { :; }
cleanup() { [ -z "$SSH_PID" ] || kill "$SSH_PID" 2>/dev/null; }
trace() { echo "trace: $*" >>"$TEST_REGRESS_LOGFILE"; }
verbose() { echo "$*"; }
fail() {
  RESULT=1
  echo "FAILED: $*"
  tail -n 5 "$TEST_SSH_LOGFILE" "$OBJ/sftp-ssh.log" 2>/dev/null | grep -v debug
}
fatal() {
  fail "$@"
  cleanup
  exit 1
}
skip() {
  echo "SKIPPED: $*"
  exit 77 # A script that passes itself over has shown nothing.
}

. "$SCRIPT"

cleanup
[ "$RESULT" -ne 0 ] || echo "ok $tid"
exit "$RESULT"
