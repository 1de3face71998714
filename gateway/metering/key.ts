import { loadKeyFile } from '../../foundation/index.ts';

/**
 * The key of the hashes by which persons are counted; the first start makes it. Who has it and the database could try
 * out whether somebody's number was seen, so it lies beside the other keys and not in the database. With another key the
 * counts begin anew.
 * @throws {GatewayError} `start_refused` when others may read it or it is none.
 */
export function loadMeterKey(path: string): Promise<Buffer> {
  return loadKeyFile(path, 'meter key');
}
