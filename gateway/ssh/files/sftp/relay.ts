/** The sftp subsystem between a person and a target: original bytes, in order, each request only after its verdict. */
import { asError, hasCode } from '../../../../foundation/index.ts';
import { guardedPaths } from '../../../../policy/index.ts';
import type { ClientChannel } from '../../library/index.ts';
import type { ChannelWork, Exit } from '../../model.ts';
import { watchRequests } from '../../join.ts';
import { createFileMeter, type FileMeter } from '../../output/index.ts';
import { Conveyor, feed, type Gate, PeerGone, TargetLost } from '../../stream-io.ts';
import { FileAudit } from '../file-audit.ts';
import { Answers } from './answers.ts';
import { Framer } from './framer.ts';
import { Guard } from './guard.ts';
import { finishUse, type Opened, type Pending, tellFile } from './opened.ts';
import { Questions } from './questions.ts';
import { Requests } from './requests.ts';

/** @throws {GatewayError} `protocol_violation`; {PeerGone}; {TargetLost}. */
export async function relaySftp(work: ChannelWork): Promise<Exit> {
  const connection = await work.target();
  const target = await connection.subsystem('sftp', work.request.environment).catch((thrown: unknown) => {
    if (connection.closed || !hasCode(thrown, 'target_unreachable')) throw thrown;
    return undefined; // The server is there and has no sftp.
  });
  if (target === undefined) {
    await work.person.say('channel.subsystem', 'channel_refused', { name: 'sftp' });
    return { status: 255 };
  }
  const exit = connection.exitOf(target);
  const relay = new SftpRelay(work, target);
  const stopWatching = watchRequests({ ...work, target });
  try {
    await relay.run();
    const ended = await exit;
    if (ended.status === undefined && ended.signal === undefined && connection.closed) throw new TargetLost();
    return ended;
  } finally {
    stopWatching();
    target.close();
    await relay.finish();
  }
}

class SftpRelay {
  readonly #work: ChannelWork;
  readonly #target: ClientChannel;
  readonly #pending = new Map<number, Pending>();
  readonly #handles = new Map<string, Opened>();
  readonly #audit: FileAudit;
  readonly #up: Conveyor;
  readonly #down: Conveyor;
  readonly #requests: Framer;
  readonly #answers: Framer;
  readonly #files: FileMeter;
  readonly #broken: Promise<never>;
  #break: (thrown: unknown) => void = () => undefined;
  /** Ends of tickets, one behind the other. */
  #uses: Promise<void> = Promise.resolve();

  constructor(work: ChannelWork, target: ClientChannel) {
    const { person, session } = work;
    const record = session.record.bind(session);
    const recordContent = session.recordContent.bind(session);
    const { held } = session;
    this.#work = work;
    this.#target = target;
    this.#audit = new FileAudit(work);
    this.#up = new Conveyor({ record, recordContent, held, channel: target, sinks: { i: target } });
    this.#down = new Conveyor({
      record,
      recordContent,
      held,
      channel: person.channel,
      sinks: { o: person.channel, e: person.channel.stderr },
    });
    this.#broken = new Promise((_resolve, reject) => {
      this.#break = reject;
    });
    this.#broken.catch(() => undefined); // Heard by whoever waits at that moment; nobody need be waiting.
    const shared = { pending: this.#pending, handles: this.#handles };
    const answer = (packet: Buffer): void => this.#down.put('o', packet);
    const broken = (thrown: unknown): void => this.#break(thrown);
    const requests = new Requests({ ...shared, answer, guard: this.#guard() });
    const finished = (opened: Opened, isOpen: boolean): void => this.#finished(opened, isOpen);
    this.#files = createFileMeter(work);
    const leaves = (opened: Opened, bytes: Buffer): void => this.#files.take(opened, bytes);
    const answers = new Answers({ ...shared, answer, finished, leaves });
    const { head, packet, content, bulk } = requests;
    this.#requests = new Framer({
      head,
      packet,
      content,
      bulk,
      broken,
      put: (bytes, fate) => this.#up.put('i', bytes, fate),
    });
    this.#answers = new Framer({
      ...{ head: answers.head, packet: answers.packet, content: answers.content, bulk: answers.bulk, broken },
      put: (bytes, fate) => this.#down.put('o', bytes, fate),
    });
  }

  /** Resolves when the target has ended and everything of it was shown. */
  async run(): Promise<void> {
    void this.#sendRequests();
    await Promise.race([this.#broken, this.#showAnswers()]);
  }

  /** Tells of what nobody closed, and waits until every event and every end of a ticket is stored. */
  async finish(): Promise<void> {
    this.#break(new PeerGone());
    this.#up.close();
    this.#down.close();
    const open = new Set(this.#handles.values());
    this.#handles.clear();
    for (const opened of open) this.#finished(opened, false);
    await this.#uses;
    await this.#audit.written();
  }

  #guard(): Guard {
    const { session } = this.#work;
    const assets = guardedPaths(session.policy);
    const send = (packet: Buffer): void => this.#up.put('i', packet, 'deliver');
    const options = { pending: this.#pending, assets, send, ended: this.#broken };
    const questions = assets.length === 0 ? undefined : new Questions(options);
    return new Guard({ work: this.#work, audit: this.#audit, questions });
  }

  async #sendRequests(): Promise<void> {
    try {
      // Answers of ours go down: somebody who does not read them gets no more of them.
      const gates = [this.#up, this.#requests, this.#down, this.#audit];
      await feed(this.#work.person.channel, gates, (chunk) => this.#requests.push(chunk), true);
      await settled(this.#requests);
      await this.#up.drained();
      this.#target.end();
    } catch (thrown) {
      // The server ended without reading on, which is its right; anything else is a failure.
      if (!(thrown instanceof PeerGone)) this.#break(asError(thrown));
    }
  }

  async #showAnswers(): Promise<void> {
    const { stderr } = this.#target;
    const answers = feed(
      this.#target,
      [this.#down, this.#audit, this.#files],
      (chunk) => this.#answers.push(chunk),
      true,
    );
    const complained = (chunk: Buffer): void => {
      try {
        this.#files.take(stderr, chunk); // Else it would be a way past every limit.
        this.#down.put('e', chunk);
      } catch (thrown) {
        this.#break(thrown);
      }
    };
    const errors = feed(stderr, [this.#down, this.#files], complained, true);
    await Promise.all([answers, errors]);
    await this.#down.drained();
  }

  #finished(opened: Opened, wasClosed: boolean): void {
    if (opened.kind !== 'file') return;
    const isOpen = wasClosed || opened.reads?.touched === true || opened.writes?.touched === true;
    if (isOpen) tellFile(this.#audit, opened, wasClosed);
    this.#uses = this.#uses
      .then(() => finishUse(this.#work, opened, isOpen))
      .catch((thrown: unknown) => this.#break(thrown));
  }
}

/** Resolves when nothing behind the gate waits for a verdict any more. */
function settled(gate: Gate): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (gate.isFull) return;
      stop();
      resolve();
    };
    const stop = gate.onChange(look);
    look();
  });
}
