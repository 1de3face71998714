/** What the pages change. Each asks the API and then drops every answer that may be different now. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import * as z from 'zod/mini';
import { call, callPlain } from './client.ts';
import { type ControlVerb, Judgement, SshKey, VerifyReport } from './schemas.ts';

const part = encodeURIComponent;

/** A command as a hook: after it, answers under the given keys are asked for again. */
export function useCommand<Input, Output>(run: (input: Input) => Promise<Output>, touches: readonly string[]) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: run,
    onSettled: () => Promise.all(touches.map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
}

export const useSetLocale = () =>
  useCommand((locale: 'en' | 'ja') => callPlain('PATCH', '/api/me', { locale }), ['me']);

export const useSignOut = () =>
  useCommand((_: undefined) => call(z.object({ url: z.string() }), 'POST', '/auth/sign-out', {}), []);

export const useEnrolKey = () =>
  useCommand(
    async (input: { publicKey: string; label: string }) =>
      (await call(z.object({ key: SshKey }), 'POST', '/api/ssh-keys', input)).key,
    ['ssh-keys'],
  );

export const useRevokeKey = () =>
  useCommand((fingerprint: string) => callPlain('DELETE', `/api/ssh-keys/${part(fingerprint)}`), ['ssh-keys']);

export const useDecideSignIn = (code: string) =>
  useCommand(
    (asked: { decision: 'approved' | 'denied'; words?: readonly number[] }) =>
      callPlain('POST', `/api/ssh-sign-ins/${part(code)}/decision`, asked),
    ['ssh-sign-ins'],
  );

export const useDecideLogin = (code: string) =>
  useCommand(
    (decision: 'approved' | 'denied') => callPlain('POST', `/api/logins/${part(code)}/decision`, { decision }),
    ['logins', 'certificates'],
  );

export const useRevokeCertificate = () =>
  useCommand((serial: string) => callPlain('DELETE', `/api/certificates/${part(serial)}`), ['certificates']);

export const useVerify = (sessionId: string) =>
  useCommand(
    async (_: undefined) =>
      (await call(z.object({ report: VerifyReport }), 'POST', `/api/sessions/${part(sessionId)}/verify`, {})).report,
    ['sessions'],
  );

/** `text` is the reason or the message, which the person of the session reads; nothing for `resume`. */
export const useControlSession = (id: string, verb: ControlVerb) =>
  useCommand(
    (text: string) => {
      const body = verb === 'resume' ? {} : verb === 'message' ? { text } : { reason: text };
      return callPlain('POST', `/api/sessions/${part(id)}/${verb}`, body);
    },
    ['sessions'],
  );

export const useReadNotification = () =>
  useCommand((id: string) => callPlain('POST', `/api/notifications/${part(id)}/read`, {}), ['notifications', 'me']);

export const useLockPerson = (id: string) =>
  useCommand((reason: string) => callPlain('POST', `/api/persons/${part(id)}/lock`, { reason }), ['persons']);

export const useUnlockPerson = (id: string) =>
  useCommand((_: string) => callPlain('POST', `/api/persons/${part(id)}/unlock`, {}), ['persons']);

export const useJudge = () =>
  useCommand(
    async (input: { targetId: string; command: string }) =>
      (await call(z.object({ judgement: Judgement }), 'POST', '/api/judge', input)).judgement,
    [],
  );

export const useDecideProgram = (id: string, decision: 'accept' | 'decline') =>
  useCommand(
    (reason: string) => callPlain('POST', `/api/programs/${part(id)}/decision`, { decision, reason }),
    ['programs', 'gate'],
  );
