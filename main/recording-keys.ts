/** To whom recordings are sealed, and what of them this process can open. */
import type { Config } from '../config/index.ts';
import { GatewayError } from '../foundation/index.ts';
import {
  isAgeRecipient,
  loadIdentities,
  loadOrMakeIdentities,
  recipientOf,
  type Recipients,
  STREAMS,
} from '../recorder/index.ts';

export interface RecordingKeys {
  /** Public: workers get them too. */
  readonly recipients: Recipients;
  /** Secret, and of the console alone; none where nothing is replayed here. */
  readonly identities: readonly string[];
}

/**
 * The configured recipients, and the identity by which the console replays; the first start makes that one. Of several
 * in its file the first is the one of now, and the others open what was sealed before it.
 * @throws {GatewayError} `start_refused` for a recipient that is none, or when the identity cannot be used.
 */
export async function loadRecordingKeys({ recipients, replayIdentity }: Config['recorder']): Promise<RecordingKeys> {
  for (const recipient of STREAMS.flatMap((stream) => recipients[stream])) {
    if (isAgeRecipient(recipient)) continue;
    throw new GatewayError('start_refused', `recorder.recipients: ${recipient.slice(0, 16)}… is no age recipient.`);
  }
  const identities = replayIdentity === null ? [] : await loadOrMakeIdentities(replayIdentity);
  const own = await Promise.all(identities.slice(0, 1).map((identity) => recipientOf(identity)));
  const all = (configured: readonly string[]): string[] => [...new Set([...configured, ...own])];
  return { recipients: { screen: all(recipients.screen), keystrokes: all(recipients.keystrokes) }, identities };
}

/** What the file holds now: `sekisho keys rotate` adds to it while the gateway runs. */
export async function currentIdentities({ replayIdentity }: Config['recorder']): Promise<readonly string[]> {
  return replayIdentity === null ? [] : loadIdentities(replayIdentity);
}
