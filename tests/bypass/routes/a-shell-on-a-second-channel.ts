import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'command',
  name: 'a shell on a second channel of one connection',
  source: 'ssh -S; as above, with a script for a shell without a terminal',
  isSecond: true,
  words: [],
  stdin: 'STUB DATA host:\n',
};
