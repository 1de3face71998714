import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by the key that changes to vi keys',
  source: 'thought of with the keys of the line editor',
  keys: ['\u001b\n', '\u001b', 'iscp DATA host:\r'],
  isRaw: true,
};
