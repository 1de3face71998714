/** Decides about single acts of an SFTP session: the direction first, then what is protected. */
import { denyFileAct, isStartupPlace, judgeFileAct, type TransferDirection } from '../../../../policy/index.ts';
import { createDelivery } from '../../../exports/delivery.ts';
import { redeem } from '../../../exports/redeem.ts';
import { refuseAct } from '../../gate.ts';
import type { ChannelWork } from '../../model.ts';
import { fetchToVault } from '../../vault/fetch.ts';
import type { FileAudit } from '../file-audit.ts';
import { shownPath } from '../paths.ts';
import type { TicketUse } from './opened.ts';
import { FX_FAILURE, FX_NO_SUCH_FILE, FX_PERMISSION_DENIED } from './packets.ts';
import type { Questions, Resolved } from './questions.ts';

export type Step =
  | { readonly allowed: true; readonly use?: TicketUse }
  | { readonly allowed: false; readonly code: number; readonly text: string };

const GO: Step = { allowed: true };

export interface GuardOptions {
  readonly work: ChannelWork;
  readonly audit: FileAudit;
  /** Undefined where nothing is protected: then no path is looked up either. */
  readonly questions: Questions | undefined;
}

interface Wanted {
  readonly act: string;
  readonly path: string;
  readonly needs: TransferDirection;
  /** Paths whose contents would be reachable under another name afterwards. */
  readonly leaves?: readonly string[];
  /** Names under which something stands, or can be written, afterwards. */
  readonly enters?: readonly string[];
  /** What a new link says. */
  readonly link?: readonly string[];
}

export class Guard {
  readonly #options: GuardOptions;

  constructor(options: GuardOptions) {
    this.#options = options;
  }

  open({ path, read, write }: { path: string; read: boolean; write: boolean }): Step | Promise<Step> {
    if (write && !this.#may('upload')) return this.#refuseDirection('put', path, 'upload');
    if (read && !this.#may('download')) return this.#refuseDirection('get', path, 'download');
    if (write && this.#isGuarded() && isStartupPlace(path)) return this.#refuseStartup('put', path);
    const { questions } = this.#options;
    return read && questions !== undefined ? this.#openProtected(path, write, questions) : GO;
  }

  change(wanted: Wanted): Step | Promise<Step> {
    if (!this.#may(wanted.needs)) return this.#refuseDirection(wanted.act, wanted.path, wanted.needs);
    const { questions } = this.#options;
    const { leaves = [], link = [], enters = [] } = wanted;
    const starting = this.#isGuarded() ? enters.find(isStartupPlace) : undefined;
    if (starting !== undefined) return this.#refuseStartup(wanted.act, starting);
    if (questions === undefined || leaves.length === 0) return GO;
    // Climbing depends on where a link, or what it climbs out of, will stand: it could be moved to lead elsewhere.
    if (link.some(climbs)) return this.#refuseUnplaced(wanted.act, wanted.path, 'climbing link');
    return this.#leave(wanted, leaves, questions);
  }

  #isGuarded(): boolean {
    return this.#options.work.session.authorization.target.mode !== 'recorded';
  }

  /** What a shell or sshd runs by itself is run past the gate: by the next harmless command. */
  async #refuseStartup(act: string, path: string): Promise<Step> {
    const { work, audit } = this.#options;
    const shown = shownPath(path);
    await audit.refused({ protocol: 'sftp', act, path, reason: 'startup file' });
    await refuseAct(work, { text: `sftp ${act} ${shown}`, judgement: denyFileAct({ verb: act, path: shown }) });
    return { allowed: false, code: FX_PERMISSION_DENIED, text: 'It would run by itself.' };
  }

  #may(direction: TransferDirection): boolean {
    return this.#options.work.session.authorization.actions.includes(direction);
  }

  async #openProtected(path: string, write: boolean, questions: Questions): Promise<Step> {
    const resolved = await questions.resolve(path);
    if ('status' in resolved) return this.#refuseUnresolved('get', path, resolved);
    const assets = await questions.touched(resolved.path, false);
    if (assets.length === 0) return GO;
    const { work, audit } = this.#options;
    const shown = shownPath(resolved.path);
    const judgement = judgeFileAct({ verb: 'get', path: shown }, assets);
    const act = { text: `sftp get ${shown}`, judgement };
    // A ticket lets contents out; it does not let anybody write under the same handle.
    const ticket = write ? undefined : await redeem(work, act);
    if (ticket?.redeemed === true && ticket.parcel !== undefined) {
      const wanted = { protocol: 'sftp', paths: [resolved.path], recursive: false } as const;
      const { sealed } = await fetchToVault(work, ticket, wanted);
      const kept = sealed === undefined ? 'Nothing was kept in the vault' : 'It is in the vault';
      return { allowed: false, code: FX_FAILURE, text: `${kept}: parcel P-${ticket.parcel.number}.` };
    }
    if (ticket?.redeemed === true) {
      const { number, rowsMax: rows, bytesMax: bytes } = ticket;
      await work.person.say('export.begun', 'ticket_in_use', { number, rows, bytes });
      return { allowed: true, use: { ticket, delivery: createDelivery(ticket, work.meter.identifiers) } };
    }
    await audit.refused({ protocol: 'sftp', act: 'get', path: resolved.path, reason: 'protected' });
    await refuseAct(work, ticket === undefined ? act : { ...act, ticket });
    return { allowed: false, code: FX_PERMISSION_DENIED, text: 'Protected: a ticket is needed.' };
  }

  async #leave({ act, path, link }: Wanted, leaves: readonly string[], questions: Questions): Promise<Step> {
    const assets = new Set<string>();
    let isLink = false;
    for (const leaving of leaves) {
      // Both what the name stands for and the name itself: a link is renamed, a directory with everything in it.
      const [whole, entry] = [await questions.resolve(leaving), await questions.resolveEntry(leaving)];
      for (const resolved of [whole, entry]) {
        if ('status' in resolved) return this.#refuseUnresolved(act, path, resolved);
        for (const asset of await questions.touched(resolved.path, true)) assets.add(asset);
      }
      // What a link says may lead elsewhere from another directory.
      isLink ||= 'path' in whole && 'path' in entry && whole.path !== entry.path;
    }
    if (assets.size === 0) return isLink && !link ? this.#refuseUnplaced(act, path, 'moved link') : GO;
    const { work, audit } = this.#options;
    const shown = shownPath(path);
    const judged = judgeFileAct({ verb: act, path: shown }, [...assets]);
    await audit.refused({ protocol: 'sftp', act, path, reason: 'protected' });
    // No ticket opens this: it would free the contents of every later rule.
    await refuseAct(work, { text: `sftp ${act} ${shown}`, judgement: { ...judged, verdict: 'deny' } });
    return { allowed: false, code: FX_PERMISSION_DENIED, text: 'Protected.' };
  }

  /** What the target does not resolve is not opened. That a file is not there may be said as it is. */
  async #refuseUnresolved(act: string, path: string, { status }: Extract<Resolved, { status: number }>): Promise<Step> {
    if (status === FX_NO_SUCH_FILE) return { allowed: false, code: FX_NO_SUCH_FILE, text: 'No such file' };
    return this.#refuseUnplaced(act, path, 'not resolved');
  }

  async #refuseUnplaced(act: string, path: string, reason: string): Promise<Step> {
    await this.#options.audit.refused({ protocol: 'sftp', act, path, reason });
    const { person } = this.#options.work;
    await person.say('files.not_resolved', 'path_not_resolved', { path: shownPath(path) });
    return { allowed: false, code: FX_FAILURE, text: 'The target does not resolve this path.' };
  }

  async #refuseDirection(act: string, path: string, needs: TransferDirection): Promise<Step> {
    await this.#options.audit.refused({ protocol: 'sftp', act, path, reason: `${needs}_not_granted` });
    const { person, session } = this.#options.work;
    const target = session.authorization.target.name;
    await person.say(`channel.${needs}_not_granted`, `${needs}_not_granted`, {
      target,
      act: `${act} ${shownPath(path)}`,
    });
    return { allowed: false, code: FX_PERMISSION_DENIED, text: `Your access does not include ${needs}.` };
  }
}

function climbs(path: string): boolean {
  return path.split('/').includes('..');
}
