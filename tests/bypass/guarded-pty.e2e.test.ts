/** Every known way to a program that no line names, tried on a login shell that hands its lines over. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { HOOK_ROUTES, TERMINAL_ROUTES } from '../support/bypass-routes.ts';
import { describeWith } from '../support/partners.ts';
import { type ShellField, startShellField, takeRoute } from '../e2e/support/shell-field.ts';

describeWith(['ssh', 'ssh-keygen', 'sshd', 'root'], 'a login shell that hands its lines over', () => {
  let field: ShellField;
  beforeAll(async () => {
    field = await startShellField('guarded-pty');
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
});
