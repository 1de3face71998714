/** Targets whose bash is not what it should be: nothing weaker takes its place without a word. */
import { chmod, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { listAuditEvents } from '../../recorder/index.ts';
import { describeWith } from '../support/partners.ts';
import { type ShellField, startShellField } from './support/shell-field.ts';

describeWith(['ssh', 'ssh-keygen', 'sshd', 'root'], 'a guarded shell', () => {
  let field: ShellField;
  beforeEach(async () => {
    field = await startShellField('guarded-shell');
  });
  afterEach(async () => {
    await field[Symbol.asyncDispose]();
  });

  /** Stands before the real bash on the account's PATH. */
  const insteadOfBash = async (script: string): Promise<void> => {
    const path = join(dirname(field.stub), 'bash');
    await writeFile(path, script);
    await chmod(path, 0o755);
  };

  test('ends when the hook does not run before a prompt', async () => {
    await insteadOfBash(
      `#!/bin/bash\nargs=("$@")\n[ "$3" = -c ] && args[5]=\${6/DEBUG/RTMIN}\nexec /bin/bash "\${args[@]}"\n`,
    );
    await using terminal = await field.open();
    await terminal.sees('~$ ');
    terminal.type('ls\r');
    await terminal.sees('[hook_lost]');
    expect(await terminal.exited).toBe(255);
    const [event] = await listAuditEvents(field.gateway.database, { types: ['channel.refused'], limit: 1 });
    expect(event?.body['kind']).toBe('hook_lost');
  });

  test('ends when a line runs that nobody was asked about', async () => {
    await insteadOfBash(
      `#!/bin/bash\nargs=("$@")\n[ "$3" = -c ] && args[5]=\${6/PS0=/PSX=}\nexec /bin/bash "\${args[@]}"\n`,
    );
    await using terminal = await field.open();
    await terminal.sees('~$ ');
    terminal.type(`scp ${field.data} host:\r`);
    await terminal.sees('[hook_lost]');
    await terminal.exited;
    expect(await field.ran()).toBe('');
  });

  test.each([
    ['is too old', '#!/bin/sh\nexit 69\n'],
    ['is none', '#!/bin/sh\necho "no such shell" >&2\nexit 127\n'],
  ])('falls back to judged lines, and says so, where the bash of the target %s', async (_how, script) => {
    await insteadOfBash(script);
    await using terminal = await field.open();
    await terminal.sees('[no_guarded_shell]');
    expect(terminal.output).not.toContain('no such shell');
  });
});
