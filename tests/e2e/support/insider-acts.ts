/** What somebody inside does to the evidence of a real gateway, and the word in which the outsider's check ends. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeLeaf, type Leaf, parseLeaf, PATHS, sigsumLeaf, type Verdict } from '../../../evidence/index.ts';
import type { Cleanup } from '../../../foundation/index.ts';
import { nodeCrypto } from '../../../recorder/index.ts';
import { changed } from '../../evidence/support/changed.ts';
import type { Files } from '../../evidence/support/house.ts';
import { policyText, signerOf } from '../../evidence/support/keys.ts';
import type { TestGateway } from '../../support/gateway.ts';
import { asOwner } from './house.ts';
import { leavesOf, logSigner, type Loot, resign, submitterSigner } from './insider.ts';

/** The name of the outsider's witness. */
export const WITNESS = 'client.example/witness';

export interface Sessions {
  readonly first: string;
  readonly exported: string;
  /** Leaves that the outsider's witness saw. */
  readonly heldSize: number;
  /** The bundle of both before anybody touched anything. */
  readonly honest: Files;
}

interface Field extends Sessions {
  /** Fresh for each act. */
  readonly loot: Loot;
  readonly files: Files;
}

export interface Act {
  readonly act: string;
  readonly verdict: Verdict;
  /** The gravest finding begins with it. */
  readonly says: string;
  /** Before the bundle is made. What other acts need is put back by `later`. */
  readonly before?: (loot: Loot, sessions: Sessions, later: Cleanup) => Promise<void>;
  /** What the outsider is given instead of the bundle as made. */
  readonly after?: (field: Field) => Promise<void> | void;
  /** The outsider brings what his witness cosigned last. */
  readonly held?: boolean;
  readonly period?: boolean;
}

const chunkOf = (files: Files, sid: string, nth = 0): string => {
  const leaves = leavesOf(files, 'log').map(parseLeaf);
  const chunks = leaves.filter((leaf) => leaf?.type === 'session.chunk').filter((leaf) => leaf.sid === sid);
  return chunks[nth]?.object ?? '';
};
const without = (files: Files, sid: string): Uint8Array[] =>
  leavesOf(files, 'log').filter((leaf) => !Buffer.from(leaf).includes(sid));
const heartbeat = (): Uint8Array => encodeLeaf({ v: 2, type: 'heartbeat', at: new Date().toISOString() });
/** Latin-1, in which every byte stays what it is. */
const textOf = (files: Files, path: string): string => Buffer.from(files.get(path) ?? []).toString('latin1');
const replaced = (files: Files, path: string, change: (text: string) => string): void => {
  const text = textOf(files, path);
  if (change(text) === text) throw new Error(`nothing to change in ${path}`);
  files.set(path, Buffer.from(change(text), 'latin1'));
};
const firstPath = (files: Files, begin: string): string =>
  [...files.keys()].find((path) => path.startsWith(begin)) ?? `no ${begin}`;
/** The statement with the table's protection switched off, as its owner can. */
const unprotected = async (gateway: TestGateway, statement: string, values: readonly unknown[]): Promise<void> => {
  await asOwner(gateway, 'ALTER TABLE audit_events DISABLE TRIGGER USER');
  await asOwner(gateway, statement, values);
  await asOwner(gateway, 'ALTER TABLE audit_events ENABLE TRIGGER USER');
};
const resignLog = async ({ loot, files }: Field, leaves: readonly Uint8Array[]): Promise<void> =>
  resign(files, 'log', await logSigner(loot, 'log'), { leaves });

const OBJECT = (data: string, id: string): string => join(data, 'recorder', 'objects', id.slice(0, 2), id);

export const ACTS: readonly Act[] = [
  {
    act: 'deletes an object of a session',
    ...{ verdict: 'INCOMPLETE', says: 'object_missing objects/' },
    before: async ({ data }, { honest, first }) => {
      await rm(OBJECT(data, chunkOf(honest, first)));
    },
  },
  {
    act: 'puts the object of one session in the place of another',
    ...{ verdict: 'TAMPERED', says: 'object_differs objects/' },
    before: async ({ data }, { honest, first, exported }) => {
      await rm(OBJECT(data, chunkOf(honest, exported)));
      await writeFile(OBJECT(data, chunkOf(honest, exported)), await readFile(OBJECT(data, chunkOf(honest, first))));
    },
  },
  {
    act: 'changes one bit of an object',
    ...{ verdict: 'TAMPERED', says: 'object_differs objects/' },
    before: async ({ data }, { honest, exported }) => {
      const path = OBJECT(data, chunkOf(honest, exported));
      const bytes = changed(await readFile(path), 90);
      await rm(path);
      await writeFile(path, bytes);
    },
  },
  {
    act: 'deletes the wrapped key of a session and logs nothing',
    ...{ verdict: 'INCOMPLETE', says: 'key_missing keys/' },
    before: ({ data }, { exported }) => rm(join(data, 'recorder', PATHS.key(exported, 'screen'))),
  },
  {
    act: 'puts the wrapped key of one session in the place of another',
    ...{ verdict: 'TAMPERED', says: 'key_differs keys/' },
    before: async ({ data }, { first, exported }) => {
      const own = await readFile(join(data, 'recorder', PATHS.key(first, 'screen')));
      await writeFile(join(data, 'recorder', PATHS.key(exported, 'screen')), own);
    },
  },
  {
    act: 'edits an event in the database, its trigger off',
    ...{ verdict: 'TAMPERED', says: 'event_differs event', period: true },
    before: async ({ gateway }, _sessions, later) => {
      const [row] = await asOwner(gateway, `SELECT seq, body FROM audit_events WHERE type = 'export.result'`);
      const seq = row?.['seq'];
      await unprotected(gateway, `UPDATE audit_events SET body = body || '{"outcome":"failed"}' WHERE seq = $1`, [seq]);
      later.defer(() => unprotected(gateway, 'UPDATE audit_events SET body = $2 WHERE seq = $1', [seq, row?.['body']]));
    },
  },
  {
    act: 'deletes an event from the database, its trigger off',
    ...{ verdict: 'INCOMPLETE', says: 'event_missing event', period: true },
    before: async ({ gateway }, _sessions, later) => {
      const [row] = await asOwner(gateway, `SELECT * FROM audit_events WHERE type = 'export.intent'`);
      await unprotected(gateway, 'DELETE FROM audit_events WHERE seq = $1', [row?.['seq']]);
      const names = ['seq', 'at', 'type', 'actor_id', 'session_id', 'ticket_id', 'body'];
      const back = `INSERT INTO audit_events (${names.join(', ')}) OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $4, $5, $6, $7)`;
      const values = names.map((name) => row?.[name]);
      later.defer(() => unprotected(gateway, back, values));
    },
  },
  {
    act: 'edits a record of the ledger',
    ...{ verdict: 'TAMPERED', says: 'record_differs ledger/records/1.json', period: true },
    before: async ({ data }) => {
      const path = join(data, 'recorder', PATHS.record(1));
      const text = await readFile(path, 'utf8');
      await rm(path);
      await writeFile(path, text.replace(/"rows":\d+/, '"rows":3'));
    },
  },
  {
    act: 'deletes a record of the ledger',
    ...{ verdict: 'INCOMPLETE', says: 'record_missing ledger/records/0.json', period: true },
    before: ({ data }) => rm(join(data, 'recorder', PATHS.record(0))),
  },
  {
    act: 'edits a record, signs it and the whole ledger anew with the stolen keys',
    ...{ verdict: 'TAMPERED', says: 'held_differs ledger/checkpoint', period: true, held: true },
    after: async ({ loot, files }) => {
      replaced(files, PATHS.record(1), (text) => text.replace(/"rows":\d+/, '"rows":3'));
      const leaves = leavesOf(files, 'ledger');
      const record = files.get(PATHS.record(1)) ?? new Uint8Array();
      leaves[1] = sigsumLeaf(nodeCrypto, await submitterSigner(loot), record);
      resign(files, 'ledger', await logSigner(loot, 'ledger'), { leaves });
    },
  },
  {
    act: 'leaves the whole ledger out',
    ...{ verdict: 'INCOMPLETE', says: 'ledger_missing ledger', period: true },
    after: ({ files }) => {
      for (const path of [...files.keys()]) if (path.startsWith('ledger/')) files.delete(path);
    },
  },
  {
    act: 'deletes a session from the log and signs anew with the stolen key',
    ...{ verdict: 'TAMPERED', says: 'held_differs log/checkpoint', held: true },
    after: async (field) => {
      const more = Array.from({ length: 20 }, heartbeat);
      await resignLog(field, [...without(field.files, field.first), ...more]);
    },
  },
  {
    act: 'does the same to an outsider who asked no witness of his own',
    ...{ verdict: 'VERIFIED-UNWITNESSED', says: 'witnesses_missing log/checkpoint' },
    after: (field) => resignLog(field, without(field.files, field.first)),
  },
  {
    act: 'deletes a session and keeps the cosignature of the true log',
    ...{ verdict: 'TAMPERED', says: 'checkpoint_false log/checkpoint' },
    after: async (field) => {
      const cosigned = textOf(field.files, 'log/checkpoint')
        .split('\n')
        .find((line) => line.includes(` ${WITNESS} `));
      await resignLog(field, without(field.files, field.first));
      replaced(field.files, 'log/checkpoint', (text) => `${text}${cosigned ?? ''}\n`);
    },
  },
  {
    act: 'drops the tail of the log and signs anew',
    ...{ verdict: 'INCOMPLETE', says: 'held_newer log/checkpoint', held: true },
    after: async (field) => {
      await resignLog(field, leavesOf(field.files, 'log').slice(0, field.heldSize - 1));
      field.files.set(PATHS.events, new Uint8Array());
    },
  },
  {
    act: 'shows a second view of the same size',
    ...{ verdict: 'TAMPERED', says: 'held_differs log/checkpoint', held: true },
    after: (field) => resignLog(field, [...leavesOf(field.files, 'log').slice(0, field.heldSize - 1), heartbeat()]),
  },
  {
    act: 'edits an entry and leaves the cosigned checkpoint',
    ...{ verdict: 'TAMPERED', says: 'root_differs leaf' },
    after: ({ files }) => {
      replaced(files, firstPath(files, 'log/tile/entries/'), (text) =>
        text.replace('"type":"session.open"', '"type":"session.0pen"'),
      );
    },
  },
  {
    act: 'edits a hash tile',
    ...{ verdict: 'TAMPERED', says: 'tile_differs log/tile/0/' },
    after: ({ files }) => {
      const path = firstPath(files, 'log/tile/0/');
      files.set(path, changed(files.get(path)));
    },
  },
  {
    act: 'begins a log of his own under the old name',
    ...{ verdict: 'TAMPERED', says: 'checkpoint_false log/checkpoint' },
    after: async ({ loot, files }) => {
      const { name } = await logSigner(loot, 'log');
      resign(files, 'log', signerOf(name, 'another key'), { leaves: leavesOf(files, 'log') });
    },
  },
  {
    act: 'invents a witness and a policy that names it',
    ...{ verdict: 'VERIFIED-UNWITNESSED', says: 'witnesses_missing log/checkpoint' },
    after: async ({ loot, files, first }) => {
      const [log, ledger] = [await logSigner(loot, 'log'), await logSigner(loot, 'ledger')];
      const cosigners = [signerOf(WITNESS, 'mine')];
      resign(files, 'log', log, { leaves: without(files, first), cosigners });
      files.set(PATHS.policy, policyText([log, ledger], cosigners));
    },
  },
  {
    act: 'removes the witness from the policy in the bundle',
    ...{ verdict: 'VERIFIED-UNWITNESSED', says: 'witnesses_missing log/checkpoint' },
    after: async (field) => {
      const [log, ledger] = [await logSigner(field.loot, 'log'), await logSigner(field.loot, 'ledger')];
      await resignLog(field, leavesOf(field.files, 'log'));
      field.files.set(PATHS.policy, policyText([log, ledger], []));
    },
  },
  {
    act: 'logs an erasure after the fact, in a log that no witness saw',
    ...{ verdict: 'VERIFIED-UNWITNESSED', says: 'witnesses_missing log/checkpoint', held: true },
    after: async (field) => {
      const by = [`p-${'0'.repeat(32)}`];
      const about = { v: 2, type: 'key.shred', stream: 'screen', reason: 'asked', basis: 'none' } as const;
      const leaf: Leaf = { ...about, by, at: new Date().toISOString(), sid: field.exported };
      await resignLog(field, [...leavesOf(field.files, 'log'), encodeLeaf(leaf)]);
      field.files.delete(PATHS.key(field.exported, 'screen'));
    },
  },
];
