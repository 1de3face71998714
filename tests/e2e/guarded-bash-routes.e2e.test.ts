/** Every known way to a program that no line names, tried on a shell that asks: none gets the stub to run. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { HOOK_ROUTES, TERMINAL_ROUTES } from '../support/bypass-routes.ts';
import { describeWith, partner } from '../support/partners.ts';
import { runToEnd } from '../support/run-to-end.ts';
import { type ShellField, startShellField, takeRoute } from './support/shell-field.ts';

describeWith(['ssh', 'ssh-keygen', 'sshd', 'root'], 'a shell that asks before each command', () => {
  let field: ShellField;
  beforeAll(async () => {
    field = await startShellField('guarded-shell');
  });
  afterAll(async () => {
    await field[Symbol.asyncDispose]();
  });

  test.each([...TERMINAL_ROUTES, ...HOOK_ROUTES].map((route) => [route.name, route] as const))(
    'lets nothing out: %s',
    async (_name, route) => {
      const output = await takeRoute(field, route);
      expect({ ran: await field.ran(), output }).toMatchObject({ ran: '' });
    },
  );

  test('the stub does run where it is called past the gate, so that a route can be seen', async () => {
    await runToEnd(partner('ssh'), [...field.sshd.direct(), '127.0.0.1', 'scp', 'here', 'there:']);
    expect(await field.ran()).toBe('here there:\n');
  });
});

describeWith(['ssh', 'ssh-keygen', 'sshd', 'root'], 'a shell that is recorded and not judged', () => {
  let field: ShellField;
  beforeAll(async () => {
    field = await startShellField('recorded');
  });
  afterAll(async () => {
    await field[Symbol.asyncDispose]();
  });

  test.each([...TERMINAL_ROUTES, ...HOOK_ROUTES].map((route) => [route.name, route] as const))(
    'runs the stub, so the route is one: %s',
    async (_name, route) => {
      const output = await takeRoute(field, route);
      expect({ ran: (await field.ran()) !== '', output }).toMatchObject({ ran: true });
    },
  );
});
