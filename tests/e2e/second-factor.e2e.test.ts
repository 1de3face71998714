/** The second factor of an SSH connection: a typed code, the words of both sides, and systems that always ask. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Secret as OtpSecret, TOTP } from 'otpauth';
import ssh2 from 'ssh2';
import { runToEnd, TestGateway } from '../support/gateway.ts';
import { describeWith, partner } from '../support/partners.ts';
import { waitFor } from '../support/wait-for.ts';
import { asOwner, events, newest, personId, wordsShown } from './support/house.ts';
import { LiveSsh } from './support/live-ssh.ts';
import { SiteBrowser } from './support/site-browser.ts';
import { openTerminal } from './support/web-terminal.ts';

/** As ssh2 hands a question on: its name, what it says, its language, the prompts, and who takes the answers. */
type Prompted = [string, string, string, { prompt: string }[], (given: string[]) => void];

const SIGN_IN = { secondFactorMinutes: 0, userVerification: false, banner: '' } as const;

interface Typed {
  /** What the gateway asked, with the prompts. */
  readonly asked: string[];
  readonly isIn: boolean;
}

/** A client that shows a key and then types answers, under whatever user name it likes. */
async function client(
  gateway: TestGateway,
  steps: { key: string; names: readonly [string, string]; answers: readonly string[] },
): Promise<Typed> {
  const privateKey = await readFile(steps.key);
  const asked: string[] = [];
  const answers = [...steps.answers];
  const ssh = new ssh2.Client();
  const isIn = await new Promise<boolean>((resolve) => {
    ssh.once('ready', () => resolve(true));
    ssh.once('close', () => resolve(false));
    ssh.on('error', () => undefined);
    const shown = { type: 'publickey' as const, username: steps.names[0], key: privateKey };
    const interactive = {
      ...{ type: 'keyboard-interactive' as const, username: steps.names[1] },
      prompt: (...[, text, , prompts, finish]: Prompted) => {
        asked.push(text, ...prompts.map(({ prompt }) => prompt));
        finish(prompts.map(() => answers.shift() ?? '000000'));
      },
    };
    ssh.connect({
      ...{ host: '127.0.0.1', port: gateway.sshPort, username: steps.names[0], hostVerifier: () => true },
      authHandler: [shown, interactive],
    });
  });
  ssh.end();
  return { asked, isIn };
}

describeWith(['ssh', 'ssh-keygen'], 'a key that needs a code beside it', () => {
  let gateway: TestGateway;
  let key: string;
  let secret: OtpSecret;
  let steps = 0;
  /** A code that was not used yet. */
  const next = (): string => {
    const timestamp = Date.now() + 30_000 * steps++;
    return new TOTP({ secret }).generate({ timestamp });
  };
  beforeAll(async () => {
    gateway = await TestGateway.start({ ssh: { signIn: { ...SIGN_IN, secondFactor: 'totp' } } });
    key = await gateway.key('aoki');
    const aoki = await gateway.person('aoki');
    const { json } = await aoki.post('/api/factors/totp', {});
    secret = OtpSecret.fromBase32(String(json['secret']));
    expect((await aoki.post('/api/factors/totp/confirm', { code: next() })).status).toBe(204);
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
  });

  test('is refused with a wrong one, and leaves a trace', async () => {
    const { isIn, asked } = await client(gateway, { key, names: ['crm-db', 'crm-db'], answers: ['123456'] });
    expect({ isIn, prompt: asked[1] }).toEqual({ isIn: false, prompt: 'Code / 認証コード: ' });
    expect((await newest(gateway.database, 'factor.refused')).body).toEqual({
      kind: 'totp',
      where: 'ssh',
      reason: 'wrong',
    });
    await waitFor('the refusal', async () =>
      (await events(gateway.database, 'ssh.sign_in_refused')).find(({ body }) => body['reason'] === 'wrong_code'),
    );
  });

  test('is worth nothing under another user name: the connection ends, nothing is asked', async () => {
    const { isIn, asked } = await client(gateway, { key, names: ['crm-db', 'other'], answers: ['111111'] });
    expect({ isIn, asked }).toEqual({ isIn: false, asked: [] });
  });

  test('is in with the code of now, and never twice with the same', async () => {
    const code = next();
    const right = { key, names: ['crm-db', 'crm-db'], answers: [code] } as const;
    expect((await client(gateway, right)).isIn).toBe(true);
    expect((await newest(gateway.database, 'ssh.signed_in')).body).toMatchObject({ method: 'ssh_key_and_totp' });
    expect((await client(gateway, right)).isIn).toBe(false);
    expect((await newest(gateway.database, 'factor.refused')).body).toMatchObject({ reason: 'used' });
  });
});

describeWith(['ssh', 'ssh-keygen'], 'the words of a sign-in', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start();
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
  });
  const begin = async (): Promise<{ ssh: LiveSsh; code: string; words: string }> => {
    const args = (await gateway.sshArguments('aoki')).map((arg) => (arg === 'BatchMode=yes' ? 'BatchMode=no' : arg));
    const only = ['-o', 'LogLevel=INFO', '-o', 'PubkeyAuthentication=no', '-o', 'NumberOfPasswordPrompts=1'];
    const ssh = new LiveSsh([...only, ...args, '127.0.0.1', 'echo done']);
    const [, code = '', words = ''] = await ssh.sees(/\/ssh\/([A-Z0-9-]{9}) [^:]*: ([a-z]+ (?:·|\S+) [a-z]+)/);
    return { ssh, code, words };
  };

  describe('that the browser offers', () => {
    test('are in the terminal too; any other pair denies the sign-in', async () => {
      const { ssh, code, words } = await begin();
      await using _ssh = ssh;
      const aoki = await gateway.person('aoki');
      const { json } = await aoki.get(`/api/ssh-sign-ins/${code}`);
      const { choices } = json['signIn'] as { choices: { words: number[]; en: string }[] };
      const wordsOnly = (text: string): string => text.replace(/[^a-z]+/g, ' ');
      expect(choices.map(({ en }) => wordsOnly(en))).toContain(wordsOnly(words));
      const other = choices.find(({ en }) => wordsOnly(en) !== wordsOnly(words));
      const path = `/api/ssh-sign-ins/${code}/decision`;
      const wrong = await aoki.post(path, { decision: 'approved', words: other?.words });
      expect([wrong.status, wrong.json]).toMatchObject([409, { error: { code: 'words_wrong' } }]);
      expect((await aoki.post(path, { decision: 'approved', words: await wordsShown(gateway, code) })).status).toBe(
        409,
      );
      expect((await ssh.ended).stdout.toString()).toBe('');
    });

    test('have to be picked: an approval without them denies', async () => {
      const { ssh, code } = await begin();
      await using _ssh = ssh;
      const answer = await (await gateway.person('aoki')).post(`/api/ssh-sign-ins/${code}/decision`, {
        decision: 'approved',
      });
      expect(answer.status).toBe(409);
      expect((await ssh.ended).stdout.toString()).toBe('');
    });
  });
});

describeWith(['ssh', 'ssh-keygen'], 'a system that always asks for a second factor', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start();
    await asOwner(gateway, `UPDATE systems SET risk = coalesce(risk, '{}') || '{"secondFactor": "always"}'`);
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
  });
  const begin = async (): Promise<{ ssh: LiveSsh; code: string }> => {
    const ssh = new LiveSsh([...(await gateway.sshArguments('chen')), '127.0.0.1', 'echo done']);
    const [, code = ''] = await ssh.sees(/\/ssh\/([A-Z0-9]{4}-[A-Z0-9]{4})/);
    return { ssh, code };
  };
  const showFactor = async (login: string): Promise<void> => {
    const person = await gateway.person(login);
    const { json } = await person.post('/api/factors/totp', {});
    const code = new TOTP({ secret: OtpSecret.fromBase32(String(json['secret'])) }).generate();
    expect((await person.post('/api/factors/totp/confirm', { code })).status).toBe(204);
  };
  const decide = async (login: string, code: string, decision: string) =>
    (await gateway.person(login)).post(`/api/ssh-sign-ins/${code}/decision`, {
      decision,
      words: await wordsShown(gateway, code),
    });

  test('runs nothing for a key alone, nor for the approval of somebody else', async () => {
    const { ssh, code } = await begin();
    await using _ssh = ssh;
    expect((await decide('aoki', code, 'approved')).status).toBe(403);
    expect((await decide('chen', code, 'denied')).status).toBe(204);
    const { stdout, stderr } = await ssh.ended;
    expect(stdout.toString()).toBe('');
    expect(stderr).toContain('[second_factor_required]');
  });

  test('runs when its person picked the words', async () => {
    const { ssh, code } = await begin();
    await using _ssh = ssh;
    expect((await (await gateway.person('chen')).get(`/api/ssh-sign-ins/${code}`)).json['signIn']).toMatchObject({
      purpose: 'session',
      loginName: 'crm-db',
    });
    expect((await decide('chen', code, 'approved')).status).toBe(204);
    expect((await ssh.ended).stdout.toString()).toBe('done\n');
  });

  test('lets nobody through to its site without one, and through with one', async () => {
    const aoki = await gateway.person('aoki');
    const browser = new SiteBrowser(gateway, 'crm-admin');
    const { headers } = await browser.get('/');
    const shut = await fetch(headers.location ?? '', { headers: { cookie: aoki.cookie }, redirect: 'manual' });
    expect([shut.status, await shut.json()]).toMatchObject([403, { error: { code: 'step_up_required' } }]);
    await showFactor('aoki');
    expect((await browser.arrive(aoki.cookie)).status).toBe(303);
    expect((await browser.get('/customers')).status).toBe(200);
  });

  test('has no terminal in the browser confirmed by the very sign-in that opened it, unless that showed a factor', async () => {
    const { terminal } = await openTerminal(gateway, 'chen');
    await using _ = terminal;
    await terminal.sees('/ssh/');
    await terminal.until(() => /\/ssh\/[A-Z0-9]{4}-[A-Z0-9]{4}/.test(terminal.screen));
    const [, code = ''] = /\/ssh\/([A-Z0-9]{4}-[A-Z0-9]{4})/.exec(terminal.screen) ?? [];
    const own = await decide('chen', code, 'approved');
    expect([own.status, own.json]).toMatchObject([403, { error: { code: 'step_up_required' } }]);
    await showFactor('chen');
    expect((await decide('chen', code, 'approved')).status).toBe(204);
    terminal.type('echo in-$((40+2))\r');
    await terminal.sees('in-42');
    terminal.say({ type: 'leave' });
    await terminal.until(() => terminal.isClosed);
  });
});

describeWith(['ssh', 'ssh-keygen'], 'a person who is deactivated', () => {
  test('is out of a live session within a second, and not let in again', async () => {
    await using gateway = await TestGateway.start();
    await using ssh = new LiveSsh([...(await gateway.sshArguments('chen')), '127.0.0.1', 'sleep 60']);
    await waitFor('the session', async () => (await events(gateway.database, 'session.opened'))[0]);
    const since = performance.now();
    await asOwner(gateway, 'UPDATE persons SET deactivated_at = now() WHERE id = $1', [
      await personId(gateway, 'chen'),
    ]);
    const { stderr } = await ssh.ended;
    expect(performance.now() - since).toBeLessThan(1_000);
    expect(stderr).toContain('[session_locked]');
    const again = await runToEnd(partner('ssh'), [...(await gateway.sshArguments('chen')), '127.0.0.1', 'echo in']);
    expect(again.stdout.toString()).toBe('');
    expect(again.stderr).toContain('[access_locked]');
  });
});
