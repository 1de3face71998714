export { readTransfer } from './classify.ts';
export { type FileProtocol, type Transfer, type TransferDirection } from './model.ts';
export {
  denyUnclear,
  guardedPaths,
  judgeFileAct,
  judgeResolved,
  judgeTransfer,
  reachOfPath,
  readBy,
} from './protected.ts';
