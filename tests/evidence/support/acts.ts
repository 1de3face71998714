/** What somebody does who is root, holds the database and both logs' signing keys, and has no witness's key. */
import {
  bundlePath,
  encodeLeaf,
  formatEventLine,
  fromUtf8,
  hashLeaf,
  type Leaf,
  parseLeaf,
  PATHS,
  type Scope,
  type Signer,
  sigsumLeaf,
  toHex,
  type Verdict,
} from '../../../evidence/index.ts';
import { nodeCrypto } from '../../../recorder/node-crypto.ts';
import { changed } from './changed.ts';
import {
  addHeartbeat,
  addLeaf,
  addSession,
  type Files,
  type House,
  sealChunk,
  timeOf,
  usualHouse,
  writeHouse,
  writeLog,
  type WriteOptions,
} from './house.ts';
import { policyText, signerOf } from './keys.ts';

/** The house goes on for two minutes after what is told, so that the period is over. */
export function honest(): House {
  const house = usualHouse();
  for (let minute = 0; minute < 2; minute += 1) {
    house.now += 59_000;
    addHeartbeat(house);
  }
  return house;
}

/** The outsiders' last word about the log, from before the insider set to work. */
export const witnessed = (house: House): Uint8Array => writeHouse(house).get('log/checkpoint') ?? new Uint8Array();
/** What the insider can sign himself. */
const ALONE: WriteOptions = { cosigners: [] };

const parsed = (house: House, index: number): Leaf => {
  const leaf = parseLeaf(house.leaves[index] ?? new Uint8Array());
  if (leaf === undefined) throw new Error(`leaf ${index} is none`);
  return leaf;
};
const indexOf = (house: House, type: Leaf['type'], nth = 0): number =>
  house.leaves.map((_, index) => index).filter((index) => parsed(house, index).type === type)[nth] ?? -1;
export const objectOf = (house: House, nth: number): string => {
  const leaf = parsed(house, indexOf(house, 'session.chunk', nth));
  return leaf.type === 'session.chunk' ? PATHS.object(leaf.object) : '';
};

export interface Act {
  readonly act: string;
  readonly verdict: Verdict;
  /** The first of what is said. */
  readonly says: string;
  /** Changes the house or its files; gives the files that the verifier gets. */
  readonly does: (house: House) => Files;
  /** The verifier brings what his witness cosigned before. */
  readonly held?: boolean;
  readonly scope?: (house: House) => Scope;
}

const deleteSession = (house: House): void => {
  const sid = house.sids[0] ?? '';
  const kept = house.leaves.filter((bytes) => !fromUtf8(bytes).includes(sid));
  house.leaves.splice(0, house.leaves.length, ...kept);
};

/** The same leaves, each naming the one before it again. */
function relink(house: House, leaves: readonly Leaf[]): void {
  house.leaves.length = 0;
  const prev = new Map<string, string>();
  for (const leaf of leaves) {
    const linked = 'prev' in leaf ? { ...leaf, prev: prev.get(leaf.sid) ?? leaf.prev } : leaf;
    const bytes = encodeLeaf(linked);
    house.leaves.push(bytes);
    if ('sid' in linked) prev.set(linked.sid, toHex(hashLeaf(nodeCrypto, bytes)));
  }
}

export const ACTS: readonly Act[] = [
  {
    act: 'deletes a session from the log and signs the rest anew',
    verdict: 'VERIFIED-UNWITNESSED',
    says: 'witnesses_missing log/checkpoint',
    does: (house) => {
      deleteSession(house);
      return writeHouse(house, ALONE);
    },
  },
  {
    act: 'deletes a session, signs anew, and the verifier has what his witness saw',
    verdict: 'TAMPERED',
    says: 'held_differs log/checkpoint',
    held: true,
    does: (house) => {
      deleteSession(house);
      for (let more = 0; more < 9; more += 1) addHeartbeat(house);
      return writeHouse(house, ALONE);
    },
  },
  {
    act: 'deletes a session from the entries and leaves the cosigned checkpoint',
    verdict: 'TAMPERED',
    says: 'bundle_unreadable log/tile/entries/000.p/',
    does: (house) => {
      const files = writeHouse(house);
      const path = `log/${bundlePath(0, house.leaves.length)}`;
      deleteSession(house);
      const fewer = writeLog('log', house.log, house.leaves, ALONE);
      return files.set(path, fewer.get(`log/${bundlePath(0, house.leaves.length)}`) ?? new Uint8Array());
    },
  },
  {
    act: 'puts the witnesses’ cosignatures under the tree without the session',
    verdict: 'TAMPERED',
    says: 'checkpoint_false log/checkpoint',
    does: (house) => {
      const cosigned = fromUtf8(witnessed(house))
        .split('\n')
        .filter((line) => line.includes('example/witness'));
      deleteSession(house);
      const files = writeHouse(house, ALONE);
      const alone = fromUtf8(files.get('log/checkpoint') ?? new Uint8Array());
      return files.set('log/checkpoint', Buffer.from(`${alone}${cosigned.join('\n')}\n`));
    },
  },
  {
    act: 'drops the tail and shows the cosigned checkpoint of yesterday',
    verdict: 'INCOMPLETE',
    says: 'period_open log/checkpoint',
    does: (house) => {
      house.leaves.splice(12);
      house.events.splice(2);
      return writeHouse(house);
    },
  },
  {
    act: 'drops the tail, and the verifier’s witness knows more',
    verdict: 'INCOMPLETE',
    says: 'held_newer log/checkpoint',
    held: true,
    scope: (house) => ({ kind: 'sessions', sessions: [house.sids[0] ?? ''] }),
    does: (house) => {
      house.leaves.splice(12);
      house.events.splice(2);
      return writeHouse(house);
    },
  },
  {
    act: 'swaps two chunks',
    verdict: 'TAMPERED',
    says: 'object_differs objects/',
    does: (house) => {
      const files = writeHouse(house);
      const [one, other] = [objectOf(house, 0), objectOf(house, 1)];
      const [first, second] = [files.get(one), files.get(other)];
      return files.set(one, second ?? new Uint8Array()).set(other, first ?? new Uint8Array());
    },
  },
  {
    act: 'cuts the end off a chunk',
    verdict: 'TAMPERED',
    says: 'object_differs objects/',
    does: (house) => {
      const files = writeHouse(house);
      return files.set(objectOf(house, 2), (files.get(objectOf(house, 2)) ?? new Uint8Array()).slice(0, -20));
    },
  },
  {
    act: 'loses a chunk',
    verdict: 'INCOMPLETE',
    says: 'object_missing objects/',
    does: (house) => {
      const files = writeHouse(house);
      files.delete(objectOf(house, 3));
      return files;
    },
  },
  {
    act: 'seals other content under the true name, and logs its hash later as the same chunk',
    verdict: 'TAMPERED',
    says: 'chain_broken leaf',
    does: (house) => {
      const at = indexOf(house, 'session.chunk');
      const leaf = parsed(house, at);
      if (leaf.type !== 'session.chunk') throw new Error('no chunk');
      const about = { sid: leaf.sid, stream: leaf.stream, seq: 0, first: 0, frames: 1, t0: leaf.t0, t1: leaf.t1 };
      const frame = { type: 'o', seq: 0, micros: BigInt(leaf.t0), payload: Buffer.from('nothing') } as const;
      const bytes = sealChunk(Buffer.alloc(32), { ...about, alg: 'none' }, [frame]);
      const object = toHex(nodeCrypto.sha256(bytes));
      house.files.set(PATHS.object(object), bytes);
      house.now = Date.parse('2026-11-01T00:00:50.000Z');
      house.leaves.splice(-2);
      addLeaf(house, { ...leaf, object, bytes: bytes.length, at: timeOf(house.now) });
      house.now += 60_000;
      addHeartbeat(house);
      return writeHouse(house);
    },
  },
  {
    act: 'edits a record of the ledger',
    verdict: 'TAMPERED',
    says: 'record_differs ledger/records/1.json',
    does: (house) => {
      const files = writeHouse(house);
      const record = fromUtf8(files.get(PATHS.record(1)) ?? new Uint8Array()).replace('"rows":3', '"rows":2');
      return files.set(PATHS.record(1), Buffer.from(record));
    },
  },
  {
    act: 'edits a record of the ledger and its leaf',
    verdict: 'TAMPERED',
    says: 'root_differs ledger leaf 1',
    does: (house) => {
      const files = writeHouse(house);
      const record = Buffer.from(fromUtf8(house.records[1] ?? new Uint8Array()).replace('"rows":3', '"rows":2'));
      house.ledger[1] = sigsumLeaf(nodeCrypto, house.submitter, record);
      const path = `ledger/${bundlePath(0, 2)}`;
      const forged = writeLog('ledger', house.ledgerLog, house.ledger, ALONE).get(path);
      return files.set(PATHS.record(1), record).set(path, forged ?? new Uint8Array());
    },
  },
  {
    act: 'holds back a record of the ledger',
    verdict: 'INCOMPLETE',
    says: 'record_missing ledger/records/0.json',
    does: (house) => {
      const files = writeHouse(house);
      files.delete(PATHS.record(0));
      return files;
    },
  },
  {
    act: 'leaves the whole ledger out',
    verdict: 'INCOMPLETE',
    says: 'ledger_missing ledger',
    does: (house) => new Map([...writeHouse(house)].filter(([path]) => !path.startsWith('ledger/'))),
  },
  {
    act: 'lets a record be submitted by a key of his own',
    verdict: 'TAMPERED',
    says: 'submitter_differs ledger/records/1.json',
    does: (house) => {
      house.ledger[1] = sigsumLeaf(nodeCrypto, signerOf('mallory'), house.records[1] ?? new Uint8Array());
      return writeHouse(house);
    },
  },
  {
    act: 'edits an entry of the log in place',
    verdict: 'TAMPERED',
    says: 'root_differs leaf 1',
    does: (house) => {
      const files = writeHouse(house);
      house.leaves[1] = Buffer.from(fromUtf8(house.leaves[1] ?? new Uint8Array()).replace('signed_in', 'signed_up'));
      const path = `log/${bundlePath(0, house.leaves.length)}`;
      return files.set(path, writeLog('log', house.log, house.leaves, ALONE).get(path) ?? new Uint8Array());
    },
  },
  {
    act: 'edits a tile, which some verifiers do not check',
    verdict: 'TAMPERED',
    says: 'tile_differs log/tile/0/',
    does: (house) => {
      const files = writeHouse(house);
      const path = [...files.keys()].find((name) => name.startsWith('log/tile/0/')) ?? '';
      return files.set(path, changed(files.get(path)));
    },
  },
  {
    act: 'edits the text of an event',
    verdict: 'TAMPERED',
    says: 'event_differs event 3',
    does: (house) => {
      const [one, two, three] = house.events;
      if (one === undefined || two === undefined || three === undefined) throw new Error('no events');
      const lines = [one, two, { ...three, event: { ...three.event, body: { ticket: 7, rows: 1 } } }].map(
        formatEventLine,
      );
      return writeHouse(house).set(PATHS.events, Buffer.from(lines.join('')));
    },
  },
  {
    act: 'holds back an event of the period',
    verdict: 'INCOMPLETE',
    says: 'event_missing event 2',
    does: (house) => {
      house.events.splice(1, 1);
      return writeHouse(house);
    },
  },
  {
    act: 'shows an event that was never logged',
    verdict: 'TAMPERED',
    says: 'event_unlogged event 99',
    does: (house) => {
      house.events.push({ n: 99, salt: '00'.repeat(16), event: { type: 'export.approved' } });
      return writeHouse(house);
    },
  },
  {
    act: 'sets the clock back while a session is recorded, so that it falls out of the period',
    verdict: 'INCOMPLETE',
    says: 'clock_backwards leaf',
    does: (house) => {
      house.leaves.splice(-2);
      const now = house.now;
      house.now -= 86_400_000;
      addSession(house, ['{"meta":3}', '# ']);
      house.now = now + 120_000;
      addHeartbeat(house);
      return writeHouse(house);
    },
  },
  {
    act: 'sets the clock ahead of the witnesses’',
    verdict: 'INCOMPLETE',
    says: 'clock_ahead log/checkpoint',
    does: (house) => {
      house.now += 7 * 86_400_000;
      addHeartbeat(house);
      return writeHouse(house);
    },
  },
  {
    act: 'removes a witness from the policy in the bundle',
    verdict: 'VERIFIED-UNWITNESSED',
    says: 'witnesses_missing log/checkpoint',
    does: (house) => {
      const [client] = house.witnesses;
      const cosigners: Signer[] = client === undefined ? [] : [client];
      return writeHouse(house, { cosigners }).set(PATHS.policy, policyText([house.log, house.ledgerLog], cosigners));
    },
  },
  {
    act: 'invents witnesses and a policy that names them',
    verdict: 'VERIFIED-UNWITNESSED',
    says: 'witnesses_missing log/checkpoint',
    does: (house) => {
      const mine = [signerOf('client.example/witness', 'mine'), signerOf('lawyer.example/witness', 'mine too')];
      return writeHouse(house, { cosigners: mine }).set(PATHS.policy, policyText([house.log, house.ledgerLog], mine));
    },
  },
  {
    act: 'shows the log of another origin',
    verdict: 'TAMPERED',
    says: 'checkpoint_false log/checkpoint',
    does: (house) => {
      const other = { ...house, log: signerOf('bastion.example/clean') };
      return writeHouse(other);
    },
  },
  {
    act: 'signs with his own key under the old origin',
    verdict: 'TAMPERED',
    says: 'checkpoint_false log/checkpoint',
    does: (house) => writeHouse({ ...house, log: signerOf(house.log.name, 'another key') }),
  },
  {
    act: 'forges a cosignature',
    verdict: 'TAMPERED',
    says: 'checkpoint_false log/checkpoint',
    does: (house) => {
      const files = writeHouse(house);
      const note = fromUtf8(files.get('log/checkpoint') ?? new Uint8Array());
      const line = note.split('\n').find((text) => text.startsWith('— client')) ?? '';
      const blob = Buffer.from(line.split(' ')[2] ?? '', 'base64');
      const forged = line.replace(blob.toString('base64'), Buffer.from(changed(blob)).toString('base64'));
      return files.set('log/checkpoint', Buffer.from(note.replace(line, forged)));
    },
  },
  {
    act: 'shows a second view of the same size',
    verdict: 'TAMPERED',
    says: 'held_differs log/checkpoint',
    held: true,
    does: (house) => {
      const last = house.leaves.length - 1;
      house.leaves[last] = encodeLeaf({ v: 2, type: 'heartbeat', at: timeOf(house.now + 5) });
      return writeHouse(house, ALONE);
    },
  },
  {
    act: 'deletes the wrapped key of a session and logs nothing',
    verdict: 'INCOMPLETE',
    says: 'key_missing keys/',
    does: (house) => {
      const files = writeHouse(house);
      files.delete(PATHS.key(house.sids[0] ?? '', 'screen'));
      return files;
    },
  },
  {
    act: 'replaces the wrapped key of a session',
    verdict: 'TAMPERED',
    says: 'key_differs keys/',
    does: (house) => {
      const path = PATHS.key(house.sids[0] ?? '', 'screen');
      const files = writeHouse(house);
      return files.set(path, changed(files.get(path)));
    },
  },
  {
    act: 'logs a leaf twice',
    verdict: 'TAMPERED',
    says: 'chain_broken leaf',
    does: (house) => {
      const at = indexOf(house, 'session.chunk');
      house.leaves.splice(at + 1, 0, house.leaves[at] ?? new Uint8Array());
      return writeHouse(house);
    },
  },
  {
    act: 'logs two chunks in the wrong order, each naming the one before it',
    verdict: 'TAMPERED',
    says: 'chunk_order leaf',
    does: (house) => {
      const leaves = house.leaves.map((_, index) => parsed(house, index));
      const [one, two] = [indexOf(house, 'session.chunk'), indexOf(house, 'session.chunk', 1)];
      const [first, second] = [leaves[one], leaves[two]];
      if (first === undefined || second === undefined) throw new Error('no chunks');
      leaves[one] = second;
      leaves[two] = first;
      relink(house, leaves);
      return writeHouse(house);
    },
  },
  {
    act: 'leaves a chunk out of the log and links the rest',
    verdict: 'TAMPERED',
    says: 'chunk_order leaf',
    does: (house) => {
      const gone = indexOf(house, 'session.chunk');
      relink(
        house,
        house.leaves.map((_, index) => parsed(house, index)).filter((_, index) => index !== gone),
      );
      return writeHouse(house);
    },
  },
  {
    act: 'leaves the last chunk out of the log and links the rest',
    verdict: 'TAMPERED',
    says: 'totals_differ leaf',
    does: (house) => {
      const gone = indexOf(house, 'session.chunk', 2);
      relink(
        house,
        house.leaves.map((_, index) => parsed(house, index)).filter((_, index) => index !== gone),
      );
      return writeHouse(house);
    },
  },
  {
    act: 'never closes a session, so that its end can be denied',
    verdict: 'INCOMPLETE',
    says: 'session_open session',
    scope: () => ({ kind: 'sessions', sessions: ['00000000-0000-4000-8000-000000000003'] }),
    does: (house) => {
      house.leaves.splice(-2);
      addSession(house, ['{"meta":3}', '# '], { close: false });
      house.now += 120_000;
      addHeartbeat(house);
      return writeHouse(house);
    },
  },
  {
    act: 'says that a session never was',
    verdict: 'INCOMPLETE',
    says: 'session_unknown session',
    scope: () => ({ kind: 'sessions', sessions: ['00000000-0000-4000-8000-000000000077'] }),
    does: (house) => writeHouse(house),
  },
  {
    act: 'hands over a bundle without the entries',
    verdict: 'INCOMPLETE',
    says: 'bundle_missing log/tile/entries/',
    does: (house) => new Map([...writeHouse(house)].filter(([path]) => !path.startsWith('log/tile/entries/'))),
  },
  {
    act: 'writes a leaf that verifiers cannot read',
    verdict: 'INCOMPLETE',
    says: 'leaf_unknown leaf',
    does: (house) => {
      house.leaves.push(Buffer.from('{"at":"2026-11-01T00:00:40.000Z","type":"nothing.to.see","v":2}'));
      return writeHouse(house);
    },
  },
];
