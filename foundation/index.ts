export {
  ByteReader,
  keyedHash64,
  latin1,
  rawPrivateKey,
  rawPublicKey,
  sha256,
  sshString,
  uint32,
  uint64,
  unpooled,
} from './bytes.ts';
export { Cleanup } from './cleanup.ts';
export { type Clock, systemClock } from './clock.ts';
export { CSV_BEGIN, csvRow, printable } from './csv.ts';
export {
  Database,
  type DatabaseSettings,
  execute,
  isUniqueViolation,
  many,
  maybeOne,
  one,
  type Queryable,
  type Statement,
  sql,
  sqlState,
  Transaction,
} from './database.ts';
export { asError, ERRORS, type ErrorCode, GatewayError, hasCode, hasErrno, invariant } from './errors.ts';
export { type Brand, formatUuid, newUuid, parseUuid } from './ids.ts';
export { type Compression, inflatePrefix } from './inflate.ts';
export { loadKeyFile } from './key-file.ts';
export { LIMITS, type Limits } from './limits.ts';
export { createLog, type Log, type LogLevel } from './log.ts';
export { type Address, type Network, networkHolds, parseAddress, parseNetwork, sourceNetwork } from './networks.ts';
export { type AddOptions, type JobKind, JobQueues, migrateQueue, pingRedis, type QueueBackend } from './queue.ts';
export { equalInConstantTime, Secret } from './secret.ts';
