/** A deviation is planted: fifty rows are asked for, and the whole table is taken. The gateway finds it by itself. */
import { z } from 'zod';
import { TicketAnswer, TourPerson } from './console.ts';
import { askForExport, type Maintainer, signInAndEnrol } from './enrol.ts';
import { EXPORT, REFUSED, type Story, TARGET } from './model.ts';
import { expect } from './report.ts';

type Ticket = ReturnType<typeof TicketAnswer.parse>['ticket'];

const ROWS_ASKED = 50;
/** Tickets that are over are compared every thirty seconds. */
const COMPARED_WITHIN_SECONDS = 45;

export async function exportBeyondWhatWasAsked(
  story: Story,
): Promise<{ readonly maintainer: Maintainer; readonly ticket: Ticket }> {
  const { report, running, ssh } = story;
  report.step(`Chen (from a contractor) asks for ${ROWS_ASKED} rows, has them approved, and dumps the whole table`);
  const maintainer = await signInAndEnrol(story, 'chen');
  const { person: chen, destination } = maintainer;
  const refused = await ssh.run(destination, EXPORT);
  expect(refused.status === REFUSED, 'a refusal first', refused.stderr);
  const { ticket } = await askForExport(chen, refused.stderr, { rowsMax: ROWS_ASKED });
  const tanaka = await TourPerson.signIn('tanaka', running.publicUrl);
  const decision = { decision: 'approve', reason: '50 件まで', actDigest: ticket.actDigest };
  const approved = await tanaka.post(`/api/tickets/${ticket.id}/decision`, decision);
  expect(approved.status === 200, 'the approval', approved.text);
  report.command(`ssh -p ${destination.port} ${TARGET}@${destination.host} '${EXPORT}'`);
  const cut = await ssh.run(destination, EXPORT);
  report.output(cut.stderr);
  const over = await chen.getWhen(`/api/tickets/${ticket.id}`, TicketAnswer, (one) => one.ticket.result !== null);
  const { result } = over.ticket;
  expect(result?.outcome === 'limit_exceeded' && result.rows <= ROWS_ASKED, 'an export that was cut', over);
  report.fact(`cut after ${result.rows} rows; ticket T-${ticket.number} is ${over.ticket.state}`);
  return { maintainer, ticket };
}

const ReportAnswer = z.object({
  report: z.object({
    verdict: z.string(),
    lines: z.array(
      z.object({ what: z.string(), verdict: z.string(), asked: z.array(z.unknown()), done: z.array(z.unknown()) }),
    ),
  }),
});
const NewsAnswer = z.object({ notifications: z.array(z.object({ kind: z.string(), payload: z.unknown() })) });

/** The report that lays asked and done beside each other, and who was told of it without asking. */
export async function findDeviation({ report, running }: Story, { id, number }: Ticket): Promise<void> {
  report.step('Asked and done are compared: Tanaka, the owner, is told of the deviation without looking for it');
  const tanaka = await TourPerson.signIn('tanaka', running.publicUrl);
  const compared = await tanaka.getFound(`/api/reconciliations/${id}`, COMPARED_WITHIN_SECONDS);
  const { verdict, lines } = ReportAnswer.parse(compared.json).report;
  expect(verdict === 'deviation', 'the deviation to be found', compared.text);
  for (const line of lines.filter((one) => one.verdict !== 'match')) {
    report.fact(`${line.what}: asked ${line.asked.join(', ')}, done ${line.done.join(', ')}: ${line.verdict}`);
  }
  const told = await tanaka.getWhen('/api/notifications', NewsAnswer, ({ notifications }) =>
    notifications.some(({ kind, payload }) => kind === 'ticket.deviates' && JSON.stringify(payload).includes(id)),
  );
  expect(told.notifications.length > 0, 'a notification', told);
  report.fact(`Tanaka has the notification ticket.deviates of T-${number}`);
}
