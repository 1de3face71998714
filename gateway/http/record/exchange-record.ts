/** One exchange with a site in the recording: every step of it is durable before it reaches anybody. */
import { createHash } from 'node:crypto';
import { LIMITS } from '../../../foundation/index.ts';
import { encodeWebStep, type WebOutcome } from '../../../recorder/index.ts';
import type { Head } from '../head.ts';
import type { Site } from '../../../identity/index.ts';
import type { GatewaySession } from '../../session.ts';
import { redactHead } from './redact.ts';

export interface Asked {
  readonly n: number;
  readonly method: string;
  /** Path and query, without secrets. */
  readonly url: string;
  readonly millis: () => number;
}

export class ExchangeRecord {
  readonly asked: Asked;
  readonly #session: GatewaySession;
  readonly #keeps: boolean;
  readonly #in = createHash('sha256');
  readonly #out = createHash('sha256');
  #bytesIn = 0;
  #bytesOut = 0;
  #keptIn = 0;
  #keptOut = 0;
  #isDone = false;
  #stored: Promise<void> = Promise.resolve();
  status: number | null = null;
  kind = 'empty';
  title = '';
  rows = 0;
  found: readonly string[] = [];

  constructor({ session, site }: { readonly session: GatewaySession; readonly site: Site }, asked: Asked) {
    this.#session = session;
    this.#keeps = site.web.bodies === 'text';
    this.asked = asked;
  }

  get bytesOut(): number {
    return this.#bytesOut;
  }

  async begin(head: Head, secret: ReadonlySet<string>): Promise<void> {
    const { n, method, url } = this.asked;
    await this.#session.recordExchange(
      'w',
      encodeWebStep({ step: 'asked', n, method, url, headers: redactHead(head, secret) }),
    );
  }

  /** Before it is sent to the site. `kept`: what of it the recording keeps, without secrets; undefined: nothing. */
  async question(bytes: Buffer, kept: Buffer | undefined): Promise<void> {
    this.#in.update(bytes);
    this.#bytesIn += bytes.length;
    const counted = { direction: 'i', bytes: bytes.length } as const;
    const room = LIMITS.siteBodyKeptBytesMax - this.#keptIn;
    if (!this.#keeps || kept === undefined || kept.length > room) return this.#session.recordContent('i', bytes.length);
    this.#keptIn += kept.length;
    await this.#session.recordExchange('u', this.#framed(kept), counted);
  }

  /** Durable with whatever is recorded after it: frames are stored in their order, and nothing is shown before more is. */
  answered(status: number, head: Head): void {
    this.status = status;
    const { n } = this.asked;
    const step = encodeWebStep({ step: 'answered', n, status, headers: redactHead(head) });
    this.#stored = this.#session.recordExchange('w', step);
    this.#stored.catch(() => undefined); // A recorder that fails refuses what follows, too.
  }

  /** Everything so far is on the disk. */
  stored(): Promise<void> {
    return this.#stored;
  }

  /** Before it is shown. `isText`: the recording may keep it. */
  async answer(bytes: Buffer, isText: boolean): Promise<void> {
    this.#out.update(bytes);
    this.#bytesOut += bytes.length;
    const room = LIMITS.siteBodyKeptBytesMax - this.#keptOut;
    if (!this.#keeps || !isText || bytes.length > room) return this.#session.recordContent('o', bytes.length);
    this.#keptOut += bytes.length;
    await this.#session.recordExchange('a', this.#framed(bytes), { direction: 'o', bytes: bytes.length });
  }

  async message(from: 'browser' | 'site', bytes: Buffer): Promise<void> {
    const { n } = this.asked;
    if (from === 'browser') await this.question(bytes, bytes);
    else await this.answer(bytes, true);
    await this.#session.recordExchange('w', encodeWebStep({ step: 'message', n, from, bytes: bytes.length }));
  }

  /** Once; what comes later changes nothing. */
  async done(outcome: WebOutcome): Promise<void> {
    if (this.#isDone) return;
    this.#isDone = true;
    const { n, method, url, millis } = this.asked;
    const { status, kind, title, found, rows } = this;
    const step = {
      ...{
        step: 'done' as const,
        n,
        method,
        url,
        status,
        outcome,
        kind,
        title,
        found: [...found],
        rows,
        millis: millis(),
      },
      ...{ bytesIn: this.#bytesIn, bytesOut: this.#bytesOut },
      sha256In: this.#bytesIn === 0 ? null : this.#in.digest('hex'),
      sha256Out: this.#bytesOut === 0 ? null : this.#out.digest('hex'),
    } as const;
    await this.#session.recordExchange('w', encodeWebStep(step));
  }

  #framed(bytes: Buffer): Buffer {
    const head = Buffer.allocUnsafe(4);
    head.writeUInt32BE(this.asked.n);
    return Buffer.concat([head, bytes]);
  }
}
