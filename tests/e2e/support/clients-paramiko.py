"""A client on paramiko: clients-paramiko.py PORT USER KEY exec COMMAND | put FROM TO | get FROM TO. The status is the command's."""
import sys

import paramiko

port, user, key, act, *rest = sys.argv[1:]
client = paramiko.SSHClient()
client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
client.connect(
    "127.0.0.1", port=int(port), username=user, key_filename=key, allow_agent=False, look_for_keys=False, timeout=20
)
if act == "exec":
    _, out, err = client.exec_command(rest[0], timeout=20)
    sys.stdout.buffer.write(out.read())
    sys.stderr.buffer.write(err.read())
    status = out.channel.recv_exit_status()
else:
    files = client.open_sftp()
    getattr(files, act)(*rest)
    status = 0
client.close()
sys.exit(status)
