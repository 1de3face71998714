/** What `sekisho login` and `sekisho logout` say, in English. */
export const loginEn = {
  'login.open':
    'Open {url} in your browser and sign in there. Approve only if the page shows the code {code}. Nobody else ever needs this code or this link.',
  'login.done': 'Signed in as {name} until {until}; {targets} targets are open to you.',
  'login.done_api':
    'Signed in as {name} until {until}. No target is open to you over SSH; the other commands of sekisho work, see sekisho help.',
  'login.include': 'Add this as the first line of ~/.ssh/config (or run again with --write): {line}',
  'login.include_added': 'Added as the first line of ~/.ssh/config: {line}',
  'login.include_there': '~/.ssh/config has this line already: {line}',
  'login.try': 'Then connect: ssh {name}',
  'logout.done': 'Signed out: what signed you in is revoked and its files are deleted.',
  'logout.none': 'Nobody is signed in here; nothing is left to delete.',
  'logout.not_confirmed':
    'The files are deleted, but the gateway did not confirm that the sign-in is revoked ({why}). End it in the console: {url}/keys',
} as const;
