/** The bars of the relay: what a parcel costs beside a plain sftp, what the meter takes of it, what pages of parcels cost. */
import { type BenchOptions, type Part, type Report, runParts } from '../model.ts';
import { deciding } from './deciding.ts';
import { listing } from './listing.ts';
import { moving } from './moving.ts';

const PARTS: Readonly<Record<string, (options: BenchOptions) => Promise<Part>>> = { moving, listing, deciding };

export function relayBench(options: BenchOptions): Promise<Report> {
  return runParts('relay', PARTS, options);
}
