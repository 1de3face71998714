/** Whose cosignatures make a checkpoint one that nobody can take back: a trust policy (c2sp.org/tlog-policy). */
import { GatewayError, rawPublicKey } from '../../foundation/index.ts';
import { cosignedAt } from './cosignature.ts';
import { parseNote, parseVerifierLine, type Verifier } from './note.ts';

const BYTES_MAX = 64 * 1024;
const NAMES_MAX = 256;

export interface PolicyWitness {
  /** In the policy alone; its key has a name of its own. */
  readonly name: string;
  readonly verifier: Verifier;
  /** The submission prefix, where the file has one. */
  readonly url: string | undefined;
}

interface Group {
  readonly name: string;
  readonly threshold: number;
  readonly members: readonly string[];
}

export interface Policy {
  readonly logs: readonly Verifier[];
  readonly witnesses: readonly PolicyWitness[];
  readonly groups: readonly Group[];
  /** A witness or a group; `none`: nobody has to cosign. */
  readonly quorum: string;
}

export interface Acceptance {
  readonly accepted: boolean;
  /** The witnesses that cosigned, by their names in the policy. */
  readonly by: readonly string[];
  readonly missing: readonly string[];
  /** The newest time in their cosignatures, Unix seconds; 0 without any. */
  readonly seconds: bigint;
}

/** Every one of these has to cosign. */
export function policyOfAll(witnesses: readonly PolicyWitness[]): Policy {
  if (witnesses.length === 0) return { logs: [], witnesses, groups: [], quorum: 'none' };
  const members = witnesses.map(({ name }) => name);
  const name = 'all witnesses'; // No name of a file's can have a space.
  return { logs: [], witnesses, groups: [{ name, threshold: members.length, members }], quorum: name };
}

/** @throws {GatewayError} `config_invalid` naming the line. */
export function parsePolicy(text: string): Policy {
  const reading = new PolicyReading();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these may not stand in a policy.
  if (Buffer.byteLength(text) > BYTES_MAX || /[\u0000-\u0008\u000b-\u001f\u007f]/.test(text))
    throw new GatewayError('config_invalid', 'The witness policy is too long, or holds control characters.');
  text.split('\n').forEach((line, at) => {
    const words = line.split(/[ \t]+/).filter((word) => word !== '');
    if (words.length === 0 || words[0]?.startsWith('#') === true) return;
    const fault = reading.take(words);
    if (fault !== undefined) throw new GatewayError('config_invalid', `Line ${at + 1} of the witness policy: ${fault}`);
  });
  return reading.finish();
}

class PolicyReading {
  readonly #logs: Verifier[] = [];
  readonly #witnesses: PolicyWitness[] = [];
  readonly #groups: Group[] = [];
  readonly #names = new Set<string>();
  readonly #members = new Set<string>();
  readonly #keys = new Set<string>();
  #quorum: string | undefined;

  /** @returns what is wrong with the line. */
  take([kind = '', ...words]: readonly string[]): string | undefined {
    if (this.#names.size + this.#logs.length > NAMES_MAX) return 'there are too many lines.';
    switch (kind) {
      case 'log':
        return this.#log(words);
      case 'witness':
        return this.#witness(words);
      case 'group':
        return this.#group(words);
      case 'quorum':
        return this.#setQuorum(words);
      default:
        return 'it begins with none of log, witness, group and quorum.';
    }
  }

  finish(): Policy {
    if (this.#quorum === undefined) throw new GatewayError('config_invalid', 'The witness policy has no quorum line.');
    return { logs: this.#logs, witnesses: this.#witnesses, groups: this.#groups, quorum: this.#quorum };
  }

  #log([key = '', , ...more]: readonly string[]): string | undefined {
    const verifier = parseVerifierLine(key, 'log');
    if (verifier === undefined || more.length > 0) return 'log VKEY [URL], with an Ed25519 key of a log.';
    if (!this.#isNewKey('log', verifier)) return 'the same key stands there twice.';
    this.#logs.push(verifier);
    return undefined;
  }

  #witness([name = '', key = '', url, ...more]: readonly string[]): string | undefined {
    const verifier = parseVerifierLine(key, 'witness');
    if (verifier === undefined || more.length > 0) return 'witness NAME VKEY [URL], with an Ed25519 cosignature key.';
    if (!this.#isNewKey('witness', verifier)) return 'the same key stands there twice.';
    if (!this.#define(name)) return `the name ${name} is taken.`;
    this.#witnesses.push({ name, verifier, url });
    return undefined;
  }

  #group([name = '', many = '', ...members]: readonly string[]): string | undefined {
    const threshold =
      many === 'all' ? members.length : many === 'any' ? 1 : /^[1-9][0-9]{0,3}$/.test(many) ? Number(many) : 0;
    if (threshold < 1 || threshold > members.length) return 'group NAME all|any|K MEMBER…, K at most their number.';
    for (const member of members) {
      if (!this.#names.has(member)) return `${member} is not defined before.`;
      if (this.#members.has(member)) return `${member} is a member already.`;
      this.#members.add(member);
    }
    if (!this.#define(name)) return `the name ${name} is taken.`;
    this.#groups.push({ name, threshold, members });
    return undefined;
  }

  #setQuorum([name = '', ...more]: readonly string[]): string | undefined {
    if (this.#quorum !== undefined || more.length > 0) return 'exactly one quorum NAME.';
    if (name !== 'none' && !this.#names.has(name)) return `${name} is not defined before.`;
    this.#quorum = name;
    return undefined;
  }

  #define(name: string): boolean {
    if (name === 'none' || name === '' || this.#names.has(name)) return false;
    this.#names.add(name);
    return true;
  }

  #isNewKey(kind: string, { key }: Verifier): boolean {
    const raw = `${kind} ${rawPublicKey(key).toString('hex')}`;
    if (this.#keys.has(raw)) return false;
    this.#keys.add(raw);
    return true;
  }
}

/** Whether enough witnesses cosigned this note. That its log signed it is for the caller to know. */
export function policyAccepts(policy: Policy, note: Buffer): Acceptance {
  const parsed = parseNote(note);
  const times = new Map<string, bigint>();
  for (const { name, verifier } of policy.witnesses) {
    for (const signature of parsed?.signatures ?? []) {
      const seconds = parsed === undefined ? undefined : cosignedAt(parsed.text, verifier, signature);
      if (seconds !== undefined) times.set(name, seconds);
    }
  }
  const holds = new Set(times.keys());
  for (const { name, threshold, members } of policy.groups) {
    if (members.filter((member) => holds.has(member)).length >= threshold) holds.add(name);
  }
  const names = policy.witnesses.map(({ name }) => name);
  return {
    accepted: policy.quorum === 'none' || holds.has(policy.quorum),
    by: names.filter((name) => times.has(name)),
    missing: names.filter((name) => !times.has(name)),
    seconds: [...times.values()].reduce((newest, seconds) => (seconds > newest ? seconds : newest), 0n),
  };
}
