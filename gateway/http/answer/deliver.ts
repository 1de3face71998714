/** One answer of a site: judged before its first byte is shown, metered to its last. */
import type { OutgoingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import {
  type AnswerFacts,
  type BudgetDecision,
  type ContentKind,
  contentKindOf,
  judgeAnswer,
} from '../../../policy/index.ts';
import type { Redeemed } from '../../exports/delivery.ts';
import { passGate, passLimit } from '../gate.ts';
import type { Head } from '../head.ts';
import type { Work } from '../model.ts';
import { pageAdditions } from './banner.ts';
import { decodedBody } from './decode.ts';
import { deliverExport, noteCut } from './export.ts';
import { answerHeaders, type AnswerRules, headerOf } from './headers.ts';
import { type Held, holdBody } from './hold.ts';
import { AnswerMeasure } from './measure.ts';
import { sendQuestion, sendRefusal } from './refuse.ts';
import { titleOf } from './title.ts';
import { AnswerWriter } from './write.ts';

export interface SiteAnswer {
  readonly status: number;
  readonly head: Head;
  readonly body: Readable;
}

const WITHIN: BudgetDecision = { kind: 'within' };

/** Without a body whatever it says (RFC 9110 §6.4.1). */
function isBare(method: string, status: number): boolean {
  return method === 'HEAD' || status === 204 || status === 304;
}

/** `ticket`: of an export that was known before the site was asked; it is used up by this answer. */
export async function deliverAnswer(
  work: Work,
  answer: SiteAnswer,
  rules: AnswerRules,
  ticket: Redeemed | undefined,
): Promise<void> {
  const { record, response, act } = work;
  const { status, head } = answer;
  record.answered(status, head);
  if (ticket === undefined && isBare(act.method, status)) {
    answer.body.resume();
    await record.done('passed');
    response.writeHead(status, answerHeaders(head, rules));
    response.end();
    return;
  }
  const body = decodedBody(answer.body, headerOf(head, 'content-encoding'));
  const claimed = headerOf(head, 'content-type');
  const isStream = /^text\/event-stream/i.test(claimed);
  // A part of something is not judged as the whole would be, and nobody asked for one (multipart/byteranges too).
  const isPart = status === 206 || /^multipart\/byteranges/i.test(claimed);
  const held = await holdBody(body ?? answer.body, { isStream });
  const kind = isStream ? 'text' : contentKindOf(held.head, claimed);
  const measure = new AnswerMeasure(work.visit.meter, kind);
  measure.read(held.head);
  if (held.isWhole) measure.readEnd();
  record.kind = kind;
  record.rows = measure.rows;
  record.title = kind === 'page' ? titleOf(held.head, claimed) : '';
  const facts: AnswerFacts = {
    ...{ kind, rows: measure.rows, isUnreadable: body === undefined || isPart },
    // Whatever is not `inline` is saved (RFC 6266 §4.2).
    isAttachment: !/^\s*(?:inline\b|$)/i.test(headerOf(head, 'content-disposition')),
    claimsAsset: /^\s*(?:image|font|audio|video)\//i.test(claimed),
  };
  const judged = { answer, held, kind, measure, facts, rules };
  if (ticket === undefined) await judge(work, judged);
  else await deliverExport(work, ticket, exportOf(work, judged));
}

interface Judged {
  readonly answer: SiteAnswer;
  readonly held: Held;
  readonly kind: ContentKind;
  readonly measure: AnswerMeasure;
  readonly facts: AnswerFacts;
  readonly rules: AnswerRules;
}

async function judge(work: Work, judged: Judged): Promise<void> {
  const { held, facts, measure } = judged;
  const judgement = judgeAnswer(work.act, facts, { settings: work.visit.site.web, policy: work.visit.session.policy });
  const passage = await passGate(work, judgement);
  if (passage.kind === 'refused') {
    held.drop();
    await work.record.done('refused');
    sendRefusal(work, passage);
    return;
  }
  if (passage.kind === 'ticket') return deliverExport(work, passage.ticket, exportOf(work, judged));
  const decided = await measure.charge();
  if (decided.kind === 'within') return show(work, judged);
  await atLimit(work, judged, decided);
}

async function atLimit(
  work: Work,
  judged: Judged,
  decided: Exclude<BudgetDecision, { kind: 'within' }>,
): Promise<void> {
  const { held, facts } = judged;
  if (decided.kind === 'soft') {
    held.drop();
    work.record.found = ['meter.soft-limit'];
    await work.record.done('refused');
    return sendQuestion(work, decided.which);
  }
  const base = judgeAnswer(work.act, facts, { settings: work.visit.site.web, policy: work.visit.session.policy });
  const passage = await passLimit(work, decided.which, base, false);
  if (passage.kind === 'ticket') return deliverExport(work, passage.ticket, exportOf(work, judged));
  held.drop();
  await work.record.done('refused');
  if (passage.kind === 'refused') sendRefusal(work, passage);
}

function exportOf(work: Work, { answer, held, rules }: Judged) {
  async function* chunks(): AsyncGenerator<Buffer, void, undefined> {
    yield held.head;
    if (!held.isWhole) yield* held.rest();
  }
  return {
    name: `${work.visit.site.target.name}${work.act.path}`.slice(0, 1_000),
    chunks: chunks(),
    begin: async (): Promise<void> => {
      // A browser that kept it would give it out again without a ticket.
      const headers = answerHeaders(answer.head, { ...rules, isPrivate: true });
      await Promise.resolve(work.response.writeHead(answer.status, headers));
    },
  };
}

async function show(work: Work, judged: Judged): Promise<void> {
  const { answer, held, kind, measure, rules } = judged;
  const { record, response, signal } = work;
  const isText = kind === 'page' || kind === 'data' || kind === 'text';
  const added = kind === 'page' ? pageAdditions(work, headerOf(answer.head, 'content-type')) : undefined;
  const headers = answerHeaders(answer.head, rules);
  if (held.isWhole) return showWhole(work, judged, { headers, isText, added });
  const length = added === undefined ? lengthOf(answer.head) : undefined;
  if (length !== undefined) headers['content-length'] = length;
  const writer = new AnswerWriter(response, record, { isText, signal });
  // Its beginning is recorded before even its head is sent.
  await record.stored();
  response.writeHead(answer.status, headers);
  // A stream of events is open before its first event.
  response.flushHeaders();
  if (held.head.length > 0) await writer.write(held.head);
  if (!(await follow(work, { held, measure, writer }))) return;
  if (added !== undefined) await writer.write(added);
  await writer.flush();
  record.rows = measure.rows;
  await record.done('passed');
  response.end();
}

/** What comes as it is has the length that the site says, so that a browser sees when it broke off. */
function lengthOf(head: Head): string | undefined {
  const length = headerOf(head, 'content-length');
  return /^\d{1,15}$/.test(length) && headerOf(head, 'content-encoding') === '' ? length : undefined;
}

/** At once: one write to the disk, then one to the browser. */
async function showWhole(
  { record, response, signal }: Work,
  { answer, held, measure }: Judged,
  { headers, isText, added }: { headers: OutgoingHttpHeaders; isText: boolean; added: Buffer | undefined },
): Promise<void> {
  const shown = added === undefined ? held.head : Buffer.concat([held.head, added]);
  if (shown.length > 0) record.answer(shown, isText).catch(() => undefined); // What is recorded after it fails with it.
  record.rows = measure.rows;
  await record.done('passed');
  signal.throwIfAborted();
  response.writeHead(answer.status, { ...headers, 'content-length': shown.length });
  response.end(shown);
}

/** @returns whether it came to its end; else the browser sees that it did not. */
async function follow(
  work: Work,
  { held, measure, writer }: { held: Held; measure: AnswerMeasure; writer: AnswerWriter },
): Promise<boolean> {
  const limit = work.visit.site.web.pageRows;
  const guards = work.visit.session.policy.mode !== 'recorded' && work.visit.session.assets.length > 0;
  for await (const chunk of held.rest()) {
    work.signal.throwIfAborted();
    measure.read(chunk);
    const decided = measure.noteFree() ? WITHIN : await measure.chargeMidway();
    const isTooMany = guards && work.record.kind !== 'text' && measure.rows > limit;
    if (decided.kind !== 'hard' && !isTooMany) {
      await writer.write(chunk);
      continue;
    }
    work.record.found = [isTooMany ? 'web.many-rows' : 'meter.hard-limit'];
    await writer.flush();
    await noteCut(work, work.record.found[0] ?? '');
    await work.record.done('cut');
    work.response.destroy();
    return false;
  }
  measure.readEnd();
  await measure.chargeMidway();
  return true;
}
