/** Why a channel of a connection, or a request on it, is refused, in English. */
export const channelsEn = {
  'channel.file_transfer':
    'Nobody could tell the files that {tool} would carry here. scp, sftp, rsync and git pass as their own clients start them.',
  'channel.upload_not_granted': 'Your access to "{target}" does not include uploads: {act}',
  'channel.download_not_granted': 'Your access to "{target}" does not include downloads: {act}',
  'channel.subsystem': 'The subsystem "{name}" is not open on this target.',
  'channel.local_forward': 'Port forwarding (-L, -D, -W) is not open here; -J reaches a target by its name.',
  'channel.mosh': 'mosh is not open here: what it sends by UDP cannot be recorded. Use ssh.',
  'channel.nul': 'The command holds a NUL byte, which no shell can be given.',
  'channel.remote_forward': 'Remote forwarding (-R) is not open here.',
  'channel.agent': 'Agent forwarding (-A) is not open here; your agent was not used.',
  'channel.tunnel': 'Tunnels (-w) are not open here: no network passes through the gateway.',
  'channel.other_kind': 'Channels of this kind are not open here.',
  'channel.x11': 'X11 forwarding (-X, -Y) is not open here.',
  'channel.too_many': 'A connection carries {channels} sessions at most. End one, or connect anew.',
} as const;
