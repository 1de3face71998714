/** What hashing costs a download by sftp. */
import { bar, type Part } from '../model.ts';

const WHY = 'a download without a hash is not offered, so there is nothing to compare with yet';

export function sftpHash(): Promise<Part> {
  return Promise.resolve({
    figures: {},
    bars: [bar('sftp_hash/get', { value: null, op: '>=', limit: 0.7, unit: 'x' }, WHY)],
  });
}
