import { mkdtempSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import {
  createNodeStore,
  EXIT_CODES,
  type Finding,
  hashLeaf,
  isSoundPublicKey,
  PATHS,
  type Scope,
  toHex,
  verifyBundle,
  verifySignature,
} from '../../evidence/index.ts';
import { nodeCrypto } from '../../recorder/node-crypto.ts';
import { ROOT } from '../support/paths.ts';
import { describeWith, partner } from '../support/partners.ts';
import { runToEnd } from '../support/run-to-end.ts';
import { ACTS, honest, witnessed } from './support/acts.ts';
import { bundleFiles, manifestOf, sumsOf, zipBundle } from './support/bundles.ts';
import { type Files, type House, policyOf, sourceOf, writeHouse } from './support/house.ts';

const PERIOD: Scope = { kind: 'period', from: '2026-11-01T00:00:00.000Z', to: '2026-11-01T00:01:00.000Z' };
const VERIFIER = join(ROOT, 'evidence', 'python');
const home = mkdtempSync(join(tmpdir(), 'sekisho-python-'));
afterAll(() => rm(home, { recursive: true, force: true }));

/** Numbers that look random and are the same in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Runs lines of Python that have the verifier as `v`; a case a line in, an answer a line out. */
async function ask(program: string, cases: readonly unknown[]): Promise<unknown[]> {
  const script = `import sys, json, base64\nsys.path.insert(0, ${JSON.stringify(VERIFIER)})\nimport verify as v\nfrom types import SimpleNamespace\n${program}\nfor line in sys.stdin:\n    print(json.dumps(answer(json.loads(line))))\n`;
  const input = cases.map((one) => `${JSON.stringify(one)}\n`).join('');
  const { status, stdout, stderr } = await runToEnd(partner('python3'), ['-B', '-c', script], input);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout
    .toString('utf8')
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}

const CHECK = `
def answer(case):
    files = {path: base64.b64decode(data) for path, data in case["files"].items()}
    options = SimpleNamespace(policy=base64.b64decode(case["policy"]), held=[base64.b64decode(note) for note in case["held"]],
                              submitters=[bytes.fromhex(case["submitter"])], scope=case["scope"])
    check = v.Check(files.get, list(files), options)
    verdict = check.run()
    return {"verdict": verdict, "found": [code + " " + where for code, where, detail in check.found]}
`;

const Answer = z.strictObject({ verdict: z.string(), found: z.array(z.string()) });

interface Case {
  readonly files: Files;
  readonly held: readonly Uint8Array[];
  readonly scope: Scope;
}

/** What both say, ours first. */
async function bothSay(house: House, cases: readonly Case[]) {
  const theirs = await ask(
    CHECK,
    cases.map(({ files, held, scope }) => ({
      files: Object.fromEntries([...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString('base64')])),
      policy: Buffer.from(policyOf(house)).toString('base64'),
      held: held.map((note) => Buffer.from(note).toString('base64')),
      submitter: toHex(house.submitter.publicKey),
      scope,
    })),
  );
  const ours = await Promise.all(
    cases.map(({ files, held, scope }) =>
      verifyBundle({
        ...{ source: sourceOf(files), crypto: nodeCrypto, policy: policyOf(house), held, scope },
        submitters: [house.submitter.publicKey],
      }),
    ),
  );
  const told = ({ code, where }: Finding): string => `${code} ${where}`;
  return cases.map((_, at) => ({
    ours: { verdict: ours[at]?.verdict, found: (ours[at]?.findings ?? []).map(told) },
    theirs: Answer.parse(theirs[at]),
  }));
}

describeWith('python3', 'the verifier in Python', () => {
  test('computes the root and every tile of two thousand random trees as ours does', async () => {
    const next = numbers(1);
    const trees = Array.from({ length: 2_000 }, (_, at) => ({ seed: at, leaves: next(at % 50 === 0 ? 1_500 : 80) }));
    const answers = await ask(
      `
def answer(case):
    tree = v.Tree()
    for index in range(case["leaves"]):
        tree.append(v.sha256(b"\\x00" + f"{case['seed']}/{index}".encode()))
    return tree.root().hex() + v.sha256(b"".join(path.encode() + data for _, _, path, data in tree.tiles())).hex()
`,
      trees,
    );
    const ours = trees.map(({ seed, leaves }) => {
      const store = createNodeStore(nodeCrypto);
      for (let index = 0; index < leaves; index += 1)
        store.append(hashLeaf(nodeCrypto, Buffer.from(`${seed}/${index}`)));
      const tiles = [...store.tiles()].flatMap(({ path, bytes }) => [Buffer.from(path), bytes]);
      return toHex(store.root()) + toHex(nodeCrypto.sha256(...tiles));
    });
    expect(answers).toEqual(ours);
  });

  test('takes the signatures of the 914 edge cases that ours takes, and no other', async () => {
    const vectors = z
      .array(z.object({ key: z.string(), sig: z.string(), msg: z.string() }))
      .parse(JSON.parse(readFileSync(join(ROOT, 'tests/vectors/ed25519-cctv/ed25519vectors.json'), 'utf8')));
    const answers = await ask(
      `
def answer(case):
    key = bytes.fromhex(case["key"])
    return [v.is_sound(key), v.verify_ed25519(key, case["msg"].encode(), bytes.fromhex(case["sig"]))]
`,
      vectors,
    );
    const ours = vectors.map(({ key, sig, msg }) => {
      const bytes = Buffer.from(key, 'hex');
      return [isSoundPublicKey(bytes), verifySignature(nodeCrypto, bytes, Buffer.from(msg), Buffer.from(sig, 'hex'))];
    });
    expect(answers).toEqual(ours);
  });

  test('says the same of every act of an insider', async () => {
    const house = honest();
    const cases = ACTS.map(({ does, held = false, scope }) => {
      const own = honest();
      const asked = scope?.(own) ?? PERIOD;
      const files = bundleFiles(does(own), manifestOf(PERIOD));
      return { files, held: held ? [witnessed(house)] : [], scope: asked };
    });
    for (const { ours, theirs } of await bothSay(house, cases)) expect(theirs).toEqual(ours);
  });

  test('says the same of bundles that were changed anywhere, with a list that fits', async () => {
    const house = honest();
    const files = bundleFiles(writeHouse(house), manifestOf(PERIOD));
    const paths = [...files.keys()].filter((path) => path !== PATHS.sums);
    const next = numbers(7);
    const cases = Array.from({ length: 200 }, (): Case => {
      const path = paths[next(paths.length)] ?? '';
      const changed = new Map(files).set(path, bend(files.get(path) ?? new Uint8Array(), next));
      if (next(10) === 0) changed.delete(path);
      return { files: changed.set(PATHS.sums, sumsOf(changed)), held: [], scope: PERIOD };
    });
    const answers = await bothSay(house, cases);
    for (const { ours, theirs } of answers) expect(theirs).toEqual(ours);
    expect(new Set(answers.map(({ ours }) => ours.verdict)).size).toBeGreaterThanOrEqual(3);
  });

  test('run as a program, says the word first and ends in its code, and opens what the command made', async () => {
    const house = honest();
    const [out, policy] = [join(home, 'bundle.zip'), join(home, 'policy')];
    await zipBundle(house, join(home, 'recorder'), out, manifestOf(PERIOD));
    await writeFile(policy, policyOf(house));
    const run = async (...args: string[]) => {
      const done = await runToEnd(partner('python3'), ['-B', join(VERIFIER, 'verify.py'), out, ...args]);
      return { status: done.status, word: done.stdout.toString('utf8').split('\n')[0] };
    };
    const submitter = toHex(house.submitter.publicKey);
    expect(await run('--policy', policy, '--submitter', submitter)).toEqual({ status: 0, word: 'VERIFIED' });
    expect(await run()).toEqual({ status: EXIT_CODES['VERIFIED-UNWITNESSED'], word: 'VERIFIED-UNWITNESSED' });
    const bytes = readFileSync(out);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    await writeFile(out, bytes);
    expect(await run('--policy', policy)).toEqual({ status: EXIT_CODES.TAMPERED, word: 'TAMPERED' });
  });
});

/** One bit, one byte, one piece gone, or one piece twice. */
function bend(bytes: Uint8Array, next: (below: number) => number): Uint8Array {
  const copy = Buffer.from(bytes);
  const [at, length] = [next(copy.length), 1 + next(20)];
  switch (next(4)) {
    case 0:
      copy[at] = (copy[at] ?? 0) ^ (1 << next(8));
      return copy;
    case 1:
      copy[at] = next(256);
      return copy;
    case 2:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(at + length)]);
    default:
      return Buffer.concat([copy.subarray(0, at + length), copy.subarray(at)]);
  }
}
