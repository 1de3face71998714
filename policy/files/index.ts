export { readTransfer } from './classify.ts';
export { type FileProtocol, type Transfer, type TransferDirection } from './model.ts';
export {
  denyFileAct,
  denyUnclear,
  guardedPaths,
  judgeFileAct,
  judgeResolved,
  judgeTransfer,
  reachOfPath,
  readBy,
} from './protected.ts';
export { isStartupPlace } from './startup.ts';
