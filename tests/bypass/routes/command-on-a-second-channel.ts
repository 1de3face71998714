import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'command',
  name: 'a command on a second channel of one connection',
  source: 'ssh -S; gateways that judge the first channel and join the others',
  isSecond: true,
  words: ['STUB DATA host:'],
};
