/** Tickets, what was refused, and asked beside done. */
import { z } from 'zod';
import { Before, DecisionBody, DownloadParams, NoBody, NumberParams } from '../parcels.ts';
import * as programs from '../programs.ts';
import { Span } from '../reconciliation.ts';
import { Chosen } from '../substitutes.ts';
import * as tickets from '../tickets.ts';
import { Asset, count, id, Judgement, text, titledTarget, titles, when } from './answers.ts';
import { Substitutes } from './answers-people.ts';
import { ListedParcel, Parcel, Program, Route } from './answers-relay.ts';
import { Draft, One, Report, Ticket, Whole } from './answers-tickets.ts';
import type { Operations } from './operation.ts';

const RefusedAct = z.object({
  ...{ id, text, refusedAt: when, judgement: Judgement, assets: z.array(Asset) },
  target: z.object({ name: text, systemTitle: titles }),
});
const Choices = z.object({
  targets: z.array(titledTarget),
  systems: z.array(z.object({ id, titleEn: text, titleJa: text, works: z.boolean() })),
});
const Unmatched = z.object({
  sessions: z.array(z.object({ id, person: text, target: text, openedAt: when })),
  tickets: z.array(z.object({ id, number: count, requester: text, kind: text, notAfter: when })),
});
const one = { params: tickets.Id, answer: One };

export const TICKET_OPERATIONS: Operations = {
  'GET /tickets': {
    says: [
      'Tickets, newest first; `next`, when there is one, is the `before` of the next page.',
      '申請を新しい順に返します。',
    ],
    query: tickets.ListQuery,
    answer: z.object({ tickets: z.array(Ticket), next: count.optional() }),
  },
  'POST /tickets': {
    says: ['Asks for an export that was refused.', '拒否された持ち出しを申請します。'],
    ...{ body: tickets.ExportBody, answer: One, status: 201 },
  },
  'POST /tickets/access': {
    says: ['Asks to work on targets.', '対象サーバーでの作業を申請します。'],
    ...{ body: tickets.AccessBody, answer: One, status: 201 },
  },
  'POST /tickets/transfer': {
    says: ['Asks to bring a parcel from one system to another.', 'システム間のデータ移送を申請します。'],
    ...{ body: tickets.TransferBody, answer: One, status: 201 },
  },
  'POST /tickets/emergency': {
    says: ['Begins emergency work at once; owners hear of it.', '緊急作業をすぐに開始します。所有者に通知されます。'],
    ...{ body: tickets.EmergencyBody, answer: One, status: 201 },
  },
  'GET /tickets/choices': {
    says: ['Targets and systems that may be asked for.', '申請できる対象サーバーとシステムを返します。'],
    answer: Choices,
  },
  'GET /tickets/drafts': {
    says: ["The caller's drafts.", '自分の下書きを返します。'],
    answer: z.object({ drafts: z.array(Draft) }),
  },
  'POST /tickets/drafts': {
    says: ['Keeps a draft.', '下書きを保存します。'],
    ...{ body: tickets.DraftBody, answer: z.object({ draft: Draft }), status: 201 },
  },
  'PATCH /tickets/drafts/:id': {
    says: ['Changes a draft.', '下書きを更新します。'],
    ...{ params: tickets.DraftId, body: tickets.DraftBody, answer: z.object({ draft: Draft }) },
  },
  'DELETE /tickets/drafts/:id': { says: ['Discards a draft.', '下書きを破棄します。'], params: tickets.DraftId },
  'GET /tickets/:id': {
    says: [
      'A ticket with the steps the caller may take, what is missing, and what helps to decide.',
      '申請と、実行できる操作、不足している承認、判断材料を返します。',
    ],
    ...{ params: tickets.Id, answer: Whole },
  },
  'POST /tickets/:id/decision': {
    says: ['Approves or rejects exactly the act of this digest.', 'このダイジェストの操作だけを承認または却下します。'],
    ...{ ...one, body: tickets.Decision },
  },
  'POST /tickets/:id/question': {
    says: ['Asks the requester back.', '申請者に質問します。'],
    ...{ ...one, body: tickets.Text },
  },
  'POST /tickets/:id/answer': {
    says: ['Answers the question.', '質問に回答します。'],
    ...{ ...one, body: tickets.Text },
  },
  'POST /tickets/:id/withdraw': { says: ['Withdraws a request.', '申請を取り下げます。'], ...one },
  'POST /tickets/:id/revoke': {
    says: ['Takes an approval back.', '承認を取り消します。'],
    ...{ ...one, body: tickets.Revocation },
  },
  'POST /tickets/:id/finish': { says: ['Ends emergency work.', '緊急作業を終了します。'], ...one },
  'POST /tickets/:id/report': {
    says: ['Writes the report of emergency work.', '緊急作業の報告を記入します。'],
    ...{ ...one, body: tickets.Text },
  },
  'POST /tickets/:id/review': {
    says: ['Reviews emergency work.', '緊急作業を事後確認します。'],
    ...{ ...one, body: tickets.Review },
  },
  'GET /refused-acts/:id': {
    says: ['What was refused to the caller, to ask for it.', '拒否された操作を、申請のために返します。'],
    answer: z.object({ refusedAct: RefusedAct }),
  },
  'GET /reconciliations': {
    says: ['What was asked beside what was done.', '申請内容と実績の突合結果を返します。'],
    answer: z.object({ reports: z.array(Report) }),
  },
  'GET /reconciliations/:id': {
    says: ['The same of one ticket.', '1 件の申請の突合結果を返します。'],
    ...{ params: tickets.Id, answer: z.object({ report: Report }) },
  },
  'GET /reconciliations/unmatched': {
    says: ['Sessions without a ticket and tickets without a session.', '申請のない作業と、作業のない申請を返します。'],
    ...{ query: Span, answer: Unmatched },
  },
  'GET /substitutes': { says: ['Who decides in whose absence.', '代理の承認者を返します。'], answer: Substitutes },
  'POST /substitutes': { says: ['Names a substitute for oneself.', '自分の代理を指定します。'], body: Chosen },
  'DELETE /substitutes/:id': { says: ['Dismisses a substitute.', '代理を解除します。'] },
  'GET /programs': {
    says: ['Programs the gate does not know.', '判定できないプログラムを返します。'],
    answer: z.object({ programs: z.array(Program) }),
  },
  'POST /programs/:id/decision': {
    says: ['Accepts or declines a program.', 'プログラムの利用を可否判断します。'],
    body: programs.Decision,
  },
  'GET /parcels': {
    says: ['Parcels, newest first.', '保管庫の荷物を新しい順に返します。'],
    ...{ query: Before, answer: z.object({ parcels: z.array(ListedParcel) }) },
  },
  'GET /parcels/routes': {
    says: ['Which way data went.', 'データの移送経路を返します。'],
    answer: z.object({ routes: z.array(Route) }),
  },
  'GET /parcels/:number': {
    says: ['A parcel.', '荷物 1 件を返します。'],
    ...{ params: NumberParams, answer: z.object({ parcel: Parcel }) },
  },
  'POST /parcels/:number/decision': {
    says: ['Releases or revokes a held parcel.', '保留中の荷物を引き渡すか取り消します。'],
    ...{ params: NumberParams, body: DecisionBody },
  },
  'POST /parcels/:number/download': {
    says: [
      'Begins to take an export out of the vault; whoever asked for it, once.',
      '保管庫にある持出データの受取を開始します。申請者本人が一度だけ行えます。',
    ],
    ...{ params: NumberParams, body: NoBody, answer: z.object({ download: id }), status: 201 },
  },
  'GET /parcels/:number/download/:download': {
    says: ['The bytes; works for one answer.', 'データ本体を返します。有効なのは一度だけです。'],
    ...{ params: DownloadParams, media: 'application/octet-stream' },
  },
};
