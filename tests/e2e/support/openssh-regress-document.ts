/** The text of docs/openssh-regress.md, from what is run and what is not. */
import { LEFT_OUT } from './openssh-regress-left-out.ts';
import { PLANNED, type Planned } from './openssh-regress-plan.ts';

/** The release whose scripts were read. */
export const RELEASE = '10.3p1';

const HEAD = `# OpenSSH's regress scripts through the gateway

Every script of \`regress/\` of OpenSSH ${RELEASE}. Those that make sense through a bastion run as they are, with the gateway in place of sshd and the newest sshd behind it: \`ssh\`, \`scp\` and \`sftp\` of that release sign in with an enrolled key and reach a \`recorded\` target with the permissions \`upload\` and \`download\`. Only their prelude is ours (\`tests/e2e/support/openssh-regress.sh\`), and whatever a script would have run as a server by itself (\`sftp-server\`, \`scp -t\`) runs behind the gateway.

\`tests/e2e/openssh-regress.e2e.test.ts\` runs every script marked **passes**, fails when one does not, and holds this table to its own list. \`REGRESS_DOCUMENT=write\` writes it anew.
`;

export function document(): string {
  const rows = [...PLANNED.map(passes), ...[...LEFT_OUT].map(([name, why]) => ({ name, result: 'not run', why }))];
  rows.sort((a, b) => (a.name < b.name ? -1 : 1));
  const lines = rows.map(({ name, result, why }) => `| ${name} | ${result} | ${why} |`);
  const counts = `${PLANNED.length} pass, ${LEFT_OUT.size} are not run.`;
  return [HEAD, counts, '', '| script | result | why |', '| --- | --- | --- |', ...lines, ''].join('\n');
}

function passes({ name, shows, without }: Planned): { name: string; result: string; why: string } {
  return { name, result: '**passes**', why: without === undefined ? shows : `${shows}; without: ${without}` };
}
