import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'command',
  name: 'command: behind one named like scp',
  source: 'open-bastion#287: never decide by the prefix',
  words: ['scp -t /tmp/nowhere; scp DATA host:'],
};
