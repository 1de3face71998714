import { z } from 'zod';
import { GrantEnd, GrantParams, Pin, TargetParams } from '../estate.ts';
import type { Operations } from './operation.ts';

const entry = z.looseObject({ id: z.string(), name: z.string() });

/** Systems, targets and what the running gateway goes by. */
export const ESTATE_OPERATIONS: Operations = {
  'GET /systems': {
    says: ['Systems with owners, protected data and servers.', 'システムと運用責任者、保護対象、サーバーを返します。'],
    answer: z.object({ systems: z.array(entry) }),
  },
  'GET /systems/targets/:id': {
    says: ['One server, and whom it lets in.', 'サーバーと、利用できる人を返します。'],
    ...{ params: TargetParams, answer: z.object({ target: entry }) },
  },
  'POST /systems/targets/:id/check': {
    says: ['Checks the road to a server now.', 'サーバーへの接続を確認します。'],
    params: TargetParams,
    answer: z.object({
      check: z.looseObject({ outcome: z.enum(['known', 'other', 'failed', 'behind']), code: z.string().nullable() }),
    }),
  },
  'POST /systems/targets/:id/host-key': {
    says: ['Pins the host key of this fingerprint, if the server shows it.', 'ホスト鍵を固定します。'],
    ...{ params: TargetParams, body: Pin },
  },
  'POST /grants/:id/end': {
    says: ['Ends a grant, and the sessions on it.', '権限を終了します。'],
    ...{ params: GrantParams, body: GrantEnd },
  },
  'GET /configuration': {
    says: ['What the running process goes by, without secrets.', '稼働中の設定を返します（秘密の値を除く）。'],
    answer: z.looseObject({ version: z.string() }),
  },
};
