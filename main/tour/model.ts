import type { SshClientTool, SshRun } from '../../demo/index.ts';
import type { Running } from '../all.ts';
import { type Answer, Refused } from './console.ts';
import { expect, type Report } from './report.ts';

export interface Story {
  readonly running: Running;
  readonly report: Report;
  readonly ssh: SshClientTool;
  readonly directory: string;
}

export type Run = (command: string) => Promise<SshRun>;

/** Whose owner decides what the story asks for. */
export const SYSTEM = 'crm';
export const TARGET = 'crm-db';
export const EXPORT = 'mysqldump crm customers';
/** The exit status of what was refused. */
export const REFUSED = 126;
/** No witness outside runs on this machine, so this is the best word that can be said. */
export const UNWITNESSED = 'VERIFIED-UNWITNESSED';

/** Stops the tour unless the console refused with this status and code. */
export function expectRefusal(answer: Answer, { status, code }: { status: number; code: string }): void {
  const refusal = Refused.safeParse(answer.json);
  const said = refusal.success ? refusal.data.error.code : undefined;
  expect(answer.status === status && said === code, `${status} ${code}`, answer.text);
}
