/** Sessions, recordings, search, evidence. */
import { z } from 'zod';
import { AuditQuery } from '../audit-events.ts';
import * as custody from '../custody.ts';
import { LiveQuery } from '../live.ts';
import { CastQuery } from '../recordings.ts';
import { SegmentParams, ViewQuery } from '../replay.ts';
import * as transcript from '../replay-transcript.ts';
import { SearchQuery } from '../search.ts';
import * as control from '../session-control.ts';
import { SessionParams } from '../session-params.ts';
import { ListQuery } from '../sessions.ts';
import { TrailQuery } from '../site-trail.ts';
import * as exported from '../table-exports.ts';
import { AuditEvent, count, id, named, Protection, text, titles, when } from './answers.ts';
import { Custody, Erasure } from './answers-relay.ts';
import { Exchange, Hit, IndexHealth, Replay, Session, TranscriptLine, VerifyReport } from './answers-sessions.ts';
import type { Operations } from './operation.ts';

const params = SessionParams;
const events = z.array(AuditEvent);
const CAST = 'application/x-asciicast';
const Facets = z.object({
  persons: z.array(named),
  targets: z.array(named),
  systems: z.array(z.object({ id, titles })),
});

export const SESSION_OPERATIONS: Operations = {
  'GET /sessions': {
    says: ['Sessions, newest first; `next` is the `after` of the next page.', '作業セッションを新しい順に返します。'],
    ...{ query: ListQuery, answer: z.object({ sessions: z.array(z.looseObject({ id })), next: text.nullish() }) },
  },
  'GET /sessions/facets': {
    says: ['By whom, where and on which systems there are sessions.', '絞り込みに使える値を返します。'],
    answer: Facets.omit({ systems: true }),
  },
  'GET /sessions/:id': {
    says: ['A session with what happened in it.', '作業セッションとその出来事を返します。'],
    ...{ params, answer: z.object({ session: Session, events, ticket: z.object({ id, number: count }).nullable() }) },
  },
  'POST /sessions/:id/end': {
    says: ['Ends a live session.', '作業セッションを終了させます。'],
    params,
    body: control.Reason,
  },
  'POST /sessions/:id/pause': {
    says: ['Holds a live session.', '作業セッションを一時停止します。'],
    params,
    body: control.Reason,
  },
  'POST /sessions/:id/resume': { says: ['Lets it go on.', '一時停止を解除します。'], params },
  'POST /sessions/:id/message': {
    says: ['Shows a line to the person of the session.', '作業者にメッセージを表示します。'],
    ...{ params, body: control.Message },
  },
  'POST /sessions/:id/watch': {
    says: ['Notes the look and gives the view for the live stream.', '閲覧を記録し、ライブ表示の許可を返します。'],
    ...{ params, answer: z.object({ view: text }) },
  },
  'GET /sessions/:id/live': {
    says: ['The live screen as server-sent events.', '画面をリアルタイムで配信します。'],
    ...{ params, query: LiveQuery, media: 'text/event-stream' },
  },
  'GET /sessions/:id/recording.cast': {
    says: ['The recording as asciicast v3.', '記録を asciicast v3 で返します。'],
    ...{ params, query: CastQuery, media: CAST },
  },
  'POST /sessions/:id/verify': {
    says: ['Verifies the recording against the log.', '記録をログと照合して検証します。'],
    ...{ params, answer: z.object({ report: VerifyReport }) },
  },
  'POST /sessions/:id/replay': {
    says: ['Prepares a replay; 202 while it is being made.', '再生を準備します。準備中は 202 を返します。'],
    ...{ params, answer: Replay },
  },
  'GET /sessions/:id/replay/index.json': {
    says: ['The index that the player reads.', 'プレーヤー用の索引を返します。'],
    ...{ params, query: ViewQuery, answer: z.looseObject({}) },
  },
  'GET /sessions/:id/replay/segments/:segment.json': {
    says: ['A segment that the player reads.', 'プレーヤー用の区間を返します。'],
    ...{ params: SegmentParams, query: ViewQuery, answer: z.unknown() },
  },
  'GET /sessions/:id/transcript': {
    says: ['A part of what was shown and typed, as text.', '表示と入力のテキストを返します。'],
    ...{ params, query: transcript.TranscriptQuery },
    answer: z.object({ view: text, lines: z.array(TranscriptLine), next: count.nullable() }),
  },
  'POST /sessions/:id/keystrokes': {
    says: ['Keystrokes, for a reason that is kept.', '理由を記録して、打鍵の内容を返します。'],
    ...{ params, body: transcript.Reason, answer: z.object({ lines: z.array(TranscriptLine) }) },
  },
  'GET /sessions/:id/exports/:file': {
    says: ['The recording as a file to take along.', '記録をファイルで返します。'],
    ...{ params: transcript.ExportParams, media: 'text/plain' },
  },
  'GET /sessions/:id/trail': {
    says: ['What was done on a site.', 'サイトでの操作の記録を返します。'],
    ...{ params, query: TrailQuery, answer: z.object({ exchanges: z.array(Exchange), next: count.nullable() }) },
  },
  'GET /sessions/:id/trail.har': {
    says: ['The same as HTTP Archive 1.2.', '同じ内容を HAR 1.2 で返します。'],
    ...{ params, answer: z.looseObject({}) },
  },
  'POST /sessions/:id/hold': {
    says: ['Places a legal hold.', '訴訟等に備えて記録を保全します。'],
    ...{ params, body: custody.Reason },
  },
  'POST /sessions/:id/release': { says: ['Releases the holds.', '保全を解除します。'], params, body: custody.Reason },
  'POST /sessions/:id/erasures': {
    says: ['Asks for the erasure of keys.', '記録の鍵の消去を申請します。'],
    ...{ params, body: custody.Request, answer: z.object({ erasures: z.array(id) }), status: 201 },
  },
  'POST /erasures/:id/decision': {
    says: ['Decides on an erasure.', '消去の申請を可否判断します。'],
    ...{ params: custody.ErasureParams, body: custody.Verdict, answer: z.object({ erasure: Erasure }) },
  },
  'GET /custody': { says: ['Holds and erasures.', '保全と消去の一覧を返します。'], answer: Custody },
  'GET /search': {
    says: ['Searches recordings; `next` is the `from` of the next page.', '記録を検索します。'],
    query: SearchQuery,
    answer: z.object({ hits: z.array(Hit), next: text.nullable(), health: IndexHealth }),
  },
  'GET /search/health': {
    says: ['How far the index has come.', '検索索引の状態を返します。'],
    answer: z.object({ health: IndexHealth, persons: z.array(named), targets: z.array(named) }),
  },
  'GET /audit-events': {
    says: ['Audit events, newest first.', '監査イベントを新しい順に返します。'],
    ...{ query: AuditQuery, answer: z.object({ events }) },
  },
  'GET /exports/sessions.:format': {
    says: ['The list of sessions as a file.', '作業セッション一覧をファイルで返します。'],
    ...{ params: exported.Format, query: exported.SessionsQuery, media: 'text/csv' },
  },
  'GET /exports/tickets.:format': {
    says: ['The list of tickets as a file.', '申請一覧をファイルで返します。'],
    ...{ params: exported.Format, query: exported.TicketsQuery, media: 'text/csv' },
  },
  'GET /exports/audit-events.:format': {
    says: ['Audit events as a file.', '監査イベントをファイルで返します。'],
    ...{ params: exported.Format, query: AuditQuery.omit({ before: true }), media: 'text/csv' },
  },
  'GET /health/recorder': {
    says: ['How recordings are protected.', '記録の保護状態を返します。'],
    answer: z.object({ protection: Protection }),
  },
  'GET /home': {
    says: ['What each role looks at first.', '役割ごとの概要を返します。'],
    answer: z.object({ since: when }),
  },
};
