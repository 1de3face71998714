import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'command',
  name: 'a road over standard input',
  source: 'ssh -W, as ProxyJump uses it',
  options: ['-W', '127.0.0.1:DOOR'],
  words: [],
  stdin: 'host:\n',
};
