/** What an SFTP session holds open, and what was asked for and not answered yet. */
import { completeRedemption } from '../../../../approvals/index.ts';
import type { Delivery, Redeemed } from '../../../exports/delivery.ts';
import { tellResult } from '../../delivery.ts';
import type { ChannelWork } from '../../model.ts';
import { Content } from '../content.ts';
import type { FileAudit } from '../file-audit.ts';

/** The use of a ticket that a file was opened with. */
export interface TicketUse {
  readonly ticket: Redeemed;
  readonly delivery: Delivery;
}

export interface Opened {
  readonly kind: 'file' | 'directory';
  readonly path: string;
  readonly reads: Content | undefined;
  readonly writes: Content | undefined;
  readonly use: TicketUse | undefined;
  /** The end of the file was told to a reader. */
  ended: boolean;
  /** Something the person asked of it was answered with an error. */
  faulty: boolean;
}

export function openedFile(
  path: string,
  rights: { readonly read: boolean; readonly write: boolean },
  use?: TicketUse,
): Opened {
  return {
    kind: 'file',
    path,
    reads: rights.read ? new Content() : undefined,
    writes: rights.write ? new Content() : undefined,
    use,
    ended: false,
    faulty: false,
  };
}

export function openedDirectory(path: string): Opened {
  return { ...openedFile(path, { read: false, write: false }), kind: 'directory' };
}

/** A request on its way to the target. `own`: a question of the gateway's, whose answer nobody else sees. */
export type Pending =
  | { readonly kind: 'other' }
  | { readonly kind: 'open'; readonly opened: Opened }
  | { readonly kind: 'read'; readonly opened: Opened; readonly offset: number; readonly length: number }
  | { readonly kind: 'write'; readonly opened: Opened }
  | { readonly kind: 'close'; readonly opened: Opened; readonly handle: string }
  | { readonly kind: 'own'; readonly answer: (packet: Buffer) => void };

/** Tells what became of a file once nobody can use it any more. */
export function tellFile(audit: FileAudit, { path, reads, writes, ended, faulty }: Opened, closed: boolean): void {
  const tell = (direction: 'upload' | 'download', content: Content, complete: boolean): void =>
    audit.transferred({ protocol: 'sftp', direction, path, complete, ...content.result() });
  if (writes !== undefined) tell('upload', writes, closed && !faulty && writes.whole);
  if (reads !== undefined && (reads.touched || writes === undefined)) {
    tell('download', reads, closed && !faulty && ended && reads.whole);
  }
}

/** Ends the use of a file's ticket with what really left. */
export async function finishUse(work: ChannelWork, { use, ended, faulty }: Opened, opened: boolean): Promise<void> {
  if (use === undefined) return;
  const { delivery, ticket } = use;
  const status = opened && ended && !faulty ? { status: 0 } : opened ? {} : { status: 1 };
  const result = delivery.finish(status, work.session.signal.aborted);
  await completeRedemption(work.deps, ticket.ticketId, result);
  if (!work.session.signal.aborted) await tellResult(work, ticket, result);
}
