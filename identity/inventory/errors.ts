import { asError, GatewayError, sqlState } from '../../foundation/index.ts';

/** The constraints that keep an account one person's, and what breaking each means to who wrote the inventory. */
const SHARED: ReadonlyMap<string, string> = new Map([
  ['target_accounts_one_person', 'the account belongs to somebody else already; one account is one person'],
  ['target_accounts_one_account', 'the person has an account there already'],
  ['target_accounts_no_shared_name', 'the name is one that people share; give each person an account of their own'],
]);

/**
 * Runs one entry's statements so that what the database refuses is said in the words of the inventory.
 * @throws {GatewayError} `account_shared`, `config_invalid`; anything that is not about the entry as it is.
 */
export async function forEntry<Result>(entry: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (thrown) {
    const options = { cause: asError(thrown) };
    const constraint = thrown instanceof Error && 'constraint' in thrown ? String(thrown.constraint) : '';
    const shared = SHARED.get(constraint);
    if (shared !== undefined) throw new GatewayError('account_shared', `inventory: ${entry}: ${shared}`, options);
    // Classes 22 (a value no column takes) and 23 (a constraint broken) are the entry's fault.
    if (!/^2[23]/.test(sqlState(thrown) ?? '')) throw thrown;
    throw new GatewayError('config_invalid', `inventory: ${entry}: refused (${constraint || 'value'})`, options);
  }
}

/** @throws {GatewayError} `config_invalid` when the entry names something that is not there. */
export function required<Value>(value: Value | undefined, entry: string, missing: string): Value {
  if (value === undefined) throw new GatewayError('config_invalid', `inventory: ${entry}: there is no ${missing}`);
  return value;
}

/** @throws {GatewayError} `config_invalid` when two entries are about the same thing: which one holds is a guess. */
export function refuseDuplicates(kind: string, names: readonly string[]): void {
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new GatewayError('config_invalid', `inventory: ${kind} ${twice}: listed twice`);
}
