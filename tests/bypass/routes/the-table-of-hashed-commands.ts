import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'the table of hashed commands',
  source: 'attempts to get round a hook of the shell',
  keys: ['BASH_CMDS[ls]=STUB\r', 'ls DATA host:\r'],
};
