export { readTransfer } from './classify.ts';
export { type FileProtocol, type Transfer, type TransferDirection } from './model.ts';
export { guardedPaths, judgeFileAct, judgeTransfer, reachOfPath } from './protected.ts';
