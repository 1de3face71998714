/** The relay: where systems come to put and take parcels, and who scans what they put. */
import { z } from 'zod';

export const RelaySchema = z
  .strictObject({
    host: z.string().min(1).max(255).optional().describe('Address it listens on. Default `127.0.0.1`.'),
    port: z.number().int().min(0).max(65_535).describe('Port it listens on; `0`: any that is free.'),
    clamav: z
      .strictObject({
        host: z.string().min(1).max(255).describe('Host of clamd.'),
        port: z.number().int().min(1).max(65_535).describe('Its TCP port, 3310 as it is delivered.'),
      })
      .optional()
      .describe(
        'ClamAV, asked by INSTREAM. While it does not answer no parcel is let go. Without it: in demo mode a built-in test scanner that knows the EICAR test file alone; in production none, and every parcel says so.',
      ),
  })
  .describe('The relay between systems. Without this section it does not listen, and exports still go to the vault.');

export interface RelayConfig {
  readonly host: string;
  readonly port: number;
  readonly clamav: { readonly host: string; readonly port: number } | null;
}

export function completeRelay(file: z.infer<typeof RelaySchema> | undefined): RelayConfig | undefined {
  if (file === undefined) return undefined;
  return { host: file.host ?? '127.0.0.1', port: file.port, clamav: file.clamav ?? null };
}
