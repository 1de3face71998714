/** The receiving system at the relay, by the real sftp client: once, whole, receipted; then nothing is left but proof. */
import { createHash } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { relayKeyPath, type SshDestination } from '../../demo/index.ts';
import { receiptText } from '../../relay/index.ts';
import { TourPerson } from './console.ts';
import type { Story } from './model.ts';
import { expect } from './report.ts';

export const ParcelAnswer = z.object({
  parcel: z.object({
    number: z.number(),
    state: z.string(),
    rows: z.number().nullable(),
    people: z.number().nullable(),
    types: z.array(z.string()).nullable(),
    differences: z.array(z.object({ kind: z.string(), promised: z.string(), found: z.string() })),
    shownFiles: z.array(z.object({ path: z.string(), bytes: z.number(), sha256: z.string() })),
  }),
});
export type Parcel = z.output<typeof ParcelAnswer>['parcel'];

const side = z.object({ name: z.string() });
const RoutesAnswer = z.object({
  routes: z.array(
    z.object({
      from: side,
      to: side,
      parcels: z.number(),
      bytes: z.number(),
      people: z.number(),
      ticketNumber: z.number(),
    }),
  ),
});
const EventsAnswer = z.object({ events: z.array(z.object({ body: z.record(z.string(), z.unknown()) })) });

/** The namespace of receipts: docs/manual. */
const RECEIPT = 'sekisho-receipt';

/** The billing system's batch. */
export class Receiver {
  readonly parcel: number;
  readonly #story: Story;
  readonly #destination: SshDestination;

  constructor(story: Story, parcel: number) {
    const { directory, running } = story;
    expect(running.relay !== undefined, 'a relay that listens', running);
    this.parcel = parcel;
    this.#story = story;
    this.#destination = {
      ...{ host: running.relay.host, port: running.relay.port, loginName: 'billing' },
      keyPath: relayKeyPath(running.directory.demo, 'billing'),
      hostKeyLine: running.ssh.hostKeyLine,
      knownHostsPath: join(directory, 'known_hosts_relay'),
    };
  }

  get keyPath(): string {
    return this.#destination.keyPath;
  }

  /** @returns the bytes that came, and whether the client says that all is well. */
  async get(name: string): Promise<{ readonly bytes: Buffer | undefined; readonly said: string }> {
    const { directory, report, ssh } = this.#story;
    const to = join(directory, 'taken');
    await rm(to, { force: true });
    const path = `/pickup/P-${this.parcel}/${name}`;
    report.command(`sftp -P ${this.#destination.port} billing@${this.#destination.host}    # get ${path}`);
    const got = await ssh.getFile(this.#destination, path, to);
    if (got.stderr !== '') report.output(got.stderr);
    return { bytes: got.status === 0 ? await readFile(to) : undefined, said: got.stderr };
  }

  async put(from: string, path: string): Promise<void> {
    const { report, ssh } = this.#story;
    report.command(`sftp -P ${this.#destination.port} billing@${this.#destination.host}    # put ${path}`);
    const put = await ssh.putFile(this.#destination, from, path);
    expect(put.status === 0, `${path} to be taken`, put.stderr);
  }

  /** Tries to take it, which must not work. */
  async refused(why: string): Promise<void> {
    const { bytes, said } = await this.get(FILE);
    expect(bytes === undefined, 'a refusal and no file', said);
    this.#story.report.fact(why);
  }
}

/** What a command brought is two files of these names; of an export that went well the second is empty. */
const FILE = 'standard_output';
const EMPTY = 'standard_error';

export async function pickUp(story: Story, receiver: Receiver): Promise<void> {
  const { report, running } = story;
  const suzuki = await TourPerson.signIn('suzuki', running.publicUrl);
  const { parcel: number } = receiver;
  const { shownFiles } = ParcelAnswer.parse((await suzuki.get(`/api/parcels/${number}`)).json).parcel;

  report.step('The billing system takes it by the real sftp client, with its own key from its own address');
  const taken = await receiver.get(FILE);
  const sha256 = createHash('sha256')
    .update(taken.bytes ?? '')
    .digest('hex');
  expect(
    shownFiles.some((file) => file.sha256 === sha256),
    'the bytes that were exported',
    { sha256, shownFiles },
  );
  report.fact(`${taken.bytes?.length ?? 0} bytes; SHA-256 ${sha256}, as on the way in`);

  report.step('A second time: refused. A parcel is taken once');
  await receiver.refused('taken');

  report.step('It signs a receipt, and the parcel is destroyed: its key first, then its bytes');
  await giveReceipt(story, receiver, [
    { name: FILE, sha256 },
    { name: EMPTY, sha256: createHash('sha256').digest('hex') },
  ]);
  await suzuki.getWhen(`/api/parcels/${number}`, ParcelAnswer, ({ parcel }) => parcel.state === 'destroyed');
  const proof = await suzuki.get('/api/audit-events?type=parcel.destroyed');
  const event = EventsAnswer.parse(proof.json).events.find(({ body }) => body['parcel'] === number);
  expect(event !== undefined, 'an event of its destruction', proof.text.slice(0, 500));
  report.fact(`audit event parcel.destroyed, a leaf of the log: ${JSON.stringify(event.body)}`);
  const left = await readdir(running.directory.vault);
  expect(left.length === 0, 'an empty vault', left);
  report.fact('the directory of the vault is empty');
  await showMap(story, suzuki);
}

async function giveReceipt(
  { directory, ssh }: Story,
  receiver: Receiver,
  files: readonly { readonly name: string; readonly sha256: string }[],
): Promise<void> {
  const receipt = join(directory, 'receipt');
  await writeFile(receipt, receiptText(receiver.parcel, files));
  await writeFile(`${receipt}.signed`, await ssh.sign(receiver.keyPath, RECEIPT, receipt));
  await receiver.put(`${receipt}.signed`, `/receipts/P-${receiver.parcel}.sig`);
}

async function showMap({ report, running }: Story, suzuki: TourPerson): Promise<void> {
  report.step('The map of routes: who gives what to whom, how much, and by which ticket');
  const { routes } = RoutesAnswer.parse((await suzuki.get('/api/parcels/routes')).json);
  const [route] = routes;
  expect(route?.from.name === 'crm' && route.to.name === 'billing', 'the route from crm to billing', routes);
  for (const { from, to, parcels, bytes, people, ticketNumber } of routes) {
    report.output(
      `${from.name} ──(${parcels} parcels, ${bytes} bytes, ${people} people, last by T-${ticketNumber})──▶ ${to.name}`,
    );
  }
  report.fact(`with a picture: ${new URL('/relay', running.publicUrl).href}`);
}
