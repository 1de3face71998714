/** "Download CSV" in a web administration page: refused in the browser, asked for, approved, in the vault; then replayed. */
import { z } from 'zod';
import { SITE, type WebBrowserTool } from '../../demo/index.ts';
import { SessionAnswer, TicketAnswer, TourPerson, VerifyAnswer } from './console.ts';
import { askForExport } from './enrol.ts';
import { type Story, UNWITNESSED } from './model.ts';
import { expect } from './report.ts';

type Site = Pick<Story, 'report' | 'running'> & { readonly browser: WebBrowserTool };
type Used = z.output<typeof TicketAnswer>['ticket'];

const LIST = '/customers';
const CSV = '/customers/export.csv';
const CUSTOMERS = 1200;
const TrailAnswer = z.object({
  exchanges: z.array(
    z.object({
      ...{ method: z.string(), url: z.string(), status: z.number().nullable(), outcome: z.string() },
      ...{ title: z.string(), found: z.array(z.string()), rows: z.number(), bytesOut: z.number() },
    }),
  ),
});

export async function downloadFromSite(story: Site, aoki: TourPerson): Promise<void> {
  const { browser, report, running } = story;
  const origin = running.sites?.originOf(SITE);
  expect(origin !== undefined, 'sites to be served', running.publicUrl.href);
  const list = new URL(LIST, origin);

  report.step('A web administration page through the gateway: Aoki opens it in the browser under the own name');
  report.fact(`browser: ${browser.name}`);
  await browser.signIn(running.publicUrl, aoki.login);
  const page = await browser.open(list);
  expect(page.status === 200 && page.text.includes(`(${aoki.login})`), 'the list of customers, as Aoki', page);
  report.fact(`${page.url}: ${page.title}; the site knows the person by a signed token, and has no shared login`);

  report.step('“CSVダウンロード”: stopped before its first byte');
  const link = await refusedDownload(story);

  report.step('Asked for from that page, approved by Tanaka, and clicked once more: it goes to the vault');
  const { ticket } = await askForExport(aoki, link, { destination: 'vault' });
  const tanaka = await TourPerson.signIn('tanaka', running.publicUrl);
  const yes = { decision: 'approve', reason: '受付番号と件数を確認した', actDigest: ticket.actDigest };
  const approved = await tanaka.post(`/api/tickets/${ticket.id}/decision`, yes);
  expect(approved.status === 200, 'the approval', approved.text);
  report.fact(`T-${ticket.number} is approved for exactly: ${ticket.actText}`);
  await browser.open(list);
  const given = await browser.follow(CSV);
  expect(given.status === 200 && given.download === null, 'a page that says where the file lies', given);
  report.output(given.text);
  const used = await counted(story, aoki, ticket.id);

  report.step('The same click again: a ticket is for one use');
  await browser.open(list);
  await refusedDownload(story);
  await browser.open(list);
  await browser.press('/.sekisho/leave');
  await replayed(story, used);
}

/** @returns the link that opens the ticket. */
async function refusedDownload({ browser, report }: Site): Promise<string> {
  const refused = await browser.follow(CSV);
  expect(refused.status === 403 && refused.download === null, 'a page of refusal and no file', refused);
  expect(!refused.text.includes('@example.com'), 'no customer on it', refused.text);
  report.output(refused.text);
  const link = refused.links.find((one) => one.includes('/tickets/new?act='));
  expect(link !== undefined, 'a link that opens the ticket', refused);
  return link;
}

async function counted({ report }: Site, aoki: TourPerson, id: string): Promise<Used> {
  const { ticket } = await aoki.getWhen(`/api/tickets/${id}`, TicketAnswer, (answer) => answer.ticket.result !== null);
  const { result } = ticket;
  // With the line of its headings.
  expect(result?.outcome === 'completed' && result.rows === CUSTOMERS + 1, 'every row counted', ticket);
  report.fact(`T-${ticket.number} is ${ticket.state}: ${result.rows} rows, ${result.bytes} bytes, ${result.sha256}`);
  return ticket;
}

async function replayed({ report, running }: Site, { result }: Used): Promise<void> {
  report.step('Suzuki (auditor) reads what was done on the site, exchange by exchange, and verifies it');
  const suzuki = await TourPerson.signIn('suzuki', running.publicUrl);
  const session = `/api/sessions/${result?.sessionId ?? ''}`;
  await suzuki.getWhen(session, SessionAnswer, (answer) => answer.session.sealed);
  const answer = await suzuki.get(`${session}/trail`);
  const { exchanges } = TrailAnswer.parse(answer.json);
  for (const { method, url, status, outcome, title, found, rows, bytesOut } of exchanges)
    report.output(
      `${method} ${url} ${status ?? '-'} ${outcome} ${title} ${found.join(',')} ${rows} rows ${bytesOut} B`,
    );
  const outcomes = exchanges.filter(({ url }) => url === CSV).map(({ outcome }) => outcome);
  expect(outcomes.join() === 'refused,vault,refused', 'refused, into the vault, refused', outcomes);
  const verified = await suzuki.post(`${session}/verify`, {});
  expect(
    verified.status === 200 && VerifyAnswer.parse(verified.json).report.verdict === UNWITNESSED,
    UNWITNESSED,
    verified.text,
  );
  report.fact(`${verified.text.slice(0, 120)}…`);
}
