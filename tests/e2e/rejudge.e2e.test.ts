import { appendFile, chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { rejudgeSession } from '../../main/judge/rejudge.ts';
import { listAuditEvents } from '../../recorder/index.ts';
import { objectPathsOf } from '../support/recordings.ts';
import { TestGateway } from '../support/gateway.ts';
import { describeWith } from '../support/partners.ts';
import { startCommand } from './support/command.ts';

const OPEN = '{"paths":[],"tables":[]}';
const STRICT = '{"paths":["/etc"],"tables":["crm.customers"]}';

describeWith(['ssh', 'ssh-keygen'], 'sekisho rejudge', () => {
  let gateway: TestGateway;
  let session: string;
  let dataDirectory: string;
  beforeAll(async () => {
    gateway = await TestGateway.start();
    dataDirectory = join(gateway.directory, 'data');
    await writeFile(join(gateway.directory, 'open.json'), OPEN);
    await writeFile(join(gateway.directory, 'strict.json'), STRICT);
    // No terminal: each line of standard input is judged and run, in one session.
    await gateway.ssh('chen', [], { extra: ['-T'], stdin: 'head -n 1 /etc/hosts\nmysqldump crm customers\nid\n' });
    const closed = await listAuditEvents(gateway.database, { types: ['session.closed'], limit: 1 });
    session = String(closed[0]?.session);
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  const again = async (policy: string, more: { before?: string; withDatabase?: boolean } = {}) => {
    const { before, withDatabase = true } = more;
    const { status, report } = await rejudgeSession({
      sessions: [session],
      policy: join(gateway.directory, policy),
      before: before === undefined ? undefined : join(gateway.directory, before),
      ...{ dataDirectory, database: withDatabase ? gateway.db.url : null, json: true, locale: 'en' },
    });
    const { lines } = JSON.parse(report) as { lines: { text: string; before: string | null; after: string }[] };
    return { status, lines: lines.map(({ text, before: then, after }) => `${text}: ${String(then)} -> ${after}`) };
  };

  test('tells what was let through and would be refused, and the reverse, from the audit events', async () => {
    expect(await again('strict.json')).toEqual({
      status: 4,
      lines: [
        'head -n 1 /etc/hosts: allow -> needs_ticket',
        'mysqldump crm customers: needs_ticket -> needs_ticket',
        'id: allow -> allow',
      ],
    });
    expect((await again('open.json')).lines).toContain('mysqldump crm customers: needs_ticket -> allow');
  });

  test('compares two policies where there is no database, and knows nothing of then without either', async () => {
    expect(await again('strict.json', { before: 'open.json', withDatabase: false })).toMatchObject({ status: 4 });
    expect(await again('strict.json', { before: 'strict.json', withDatabase: false })).toMatchObject({ status: 0 });
    const { status, lines } = await again('strict.json', { withDatabase: false });
    expect(status).toBe(0);
    expect(lines).toContain('id: null -> allow');
  });

  test('is a command that needs the files alone', async () => {
    const policy = join(gateway.directory, 'strict.json');
    await using command = startCommand(gateway.directory, [
      'rejudge',
      session,
      '--policy',
      policy,
      '--data',
      dataDirectory,
    ]);
    const { status, stdout } = await command.ended;
    expect(status).toBe(0);
    expect(stdout).toMatch(/3 judged lines; 0 would be answered otherwise, of 3 the answer then is not known/);
    expect(stdout).toContain('not known -> needs_ticket  mysqldump crm customers');
  });

  test('concludes nothing from a recording that is not what was sealed', async () => {
    const [path = ''] = await objectPathsOf(join(dataDirectory, 'recorder'), session);
    await chmod(path, 0o600);
    await appendFile(path, 'x');
    await expect(again('strict.json')).rejects.toMatchObject({ code: 'recording_corrupt' });
  });
});
