import type { SshClientTool, SshRun } from '../../demo/index.ts';
import type { Running } from '../all.ts';
import type { Report } from './report.ts';

export interface Story {
  readonly running: Running;
  readonly report: Report;
  readonly ssh: SshClientTool;
  readonly directory: string;
}

export type Run = (command: string) => Promise<SshRun>;

export const TARGET = 'crm-db';
export const EXPORT = 'mysqldump crm customers';
/** The exit status of what was refused. */
export const REFUSED = 126;
