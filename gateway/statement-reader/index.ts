export type { Dialect, DialectReading, StatementReading } from './model.ts';
export { StatementReader } from './reader.ts';
export { type Refined, refineCommand, refineStatement } from './refine.ts';
