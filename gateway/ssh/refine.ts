/** The one place where the parsers of SQL are asked about an act: behind the judge, before anything runs or is refused. */
import type { Judgement } from '../../policy/index.ts';
import { refineCommand } from '../statement-reader/index.ts';
import type { ChannelWork } from './model.ts';

/**
 * `judgement` or a stricter one, with what the parsers found in the SQL it carries. Never rejects; a parser that fails or
 * takes too long makes it no milder. An act without SQL, or where nothing is guarded, waits for nobody.
 */
export async function refine(
  { deps, session }: Pick<ChannelWork, 'deps' | 'session'>,
  judgement: Judgement,
): Promise<Judgement> {
  return refineCommand(judgement, { policy: session.policy, read: (sql) => deps.statements.read(sql) });
}
