/** What is protected where the rows are judged. */
import type { TargetPolicy } from '../../policy/index.ts';

const asset = (kind: 'path' | 'table', name: string) => ({ kind, name, dataClass: 'personal', recordCount: 93_000 });

/** The four places that the published rows keep customer data in. */
export const POLICY: TargetPolicy = {
  mode: 'guarded-line',
  assets: ['/srv/crm', '/var/lib/crm', '/home/batch/out', '/srv/callcenter'].map((path) => asset('path', path)),
};

/** For statements: something is guarded, and no table of an ordinary row is what is guarded. */
export const STATEMENT_POLICY: TargetPolicy = { mode: 'guarded-line', assets: [asset('table', 'crm.customers')] };
