import type { DeliverySettings, EmergencySettings } from '../../approvals/index.ts';
import type { Clock, Database, Log } from '../../foundation/index.ts';
import type { CertificateAuthority, FactorRules, FactorSeal, SecretSeal } from '../../identity/index.ts';
import type { ControlVerb, PersonId, Principal, SessionId } from '../../policy/index.ts';
import type { Derived, Frame, Protection, RecordingSource, WitnessDelay } from '../../recorder/index.ts';
import type { Administration } from './administration-door.ts';
import type { OidcClient } from './oidc.ts';
import type { Terminals } from './terminal-place.ts';

export interface SessionControl {
  readonly sessionId: SessionId;
  readonly verb: ControlVerb;
  /** What the person of the session is told; '' to resume. */
  readonly text: string;
}

/** Who looks at parcels, as the relay goes by it. */
export interface ParcelsLooking {
  readonly person: PersonId;
  readonly seesAll: boolean;
}

interface DownloadAsked {
  readonly parcel: number;
  readonly sourceAddress: string;
}

/** A parcel on its way to the person whom its ticket names. Closed when the answer is over, whole or torn. */
export interface ParcelDownload extends AsyncDisposable {
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
  readonly sealedAt: Date;
  readonly stream: (at: number) => AsyncGenerator<Buffer>;
}

/** The relay, as the console knows it: rooms beside each other do not see one another. */
export interface ParcelsDoor {
  readonly list: (asked: ParcelsLooking & { before: number | null; limit: number }) => Promise<readonly object[]>;
  readonly find: (asked: ParcelsLooking & { number: number }) => Promise<object | undefined>;
  readonly routes: (looking: ParcelsLooking) => Promise<readonly object[]>;
  readonly decide: (
    principal: Principal,
    decision: { parcel: number; decision: 'release' | 'revoke'; reason: string },
  ) => Promise<void>;
  /** The id of an attempt; `openDownload` gives its bytes to one answer. */
  readonly beginDownload: (principal: Principal, asked: DownloadAsked) => Promise<string>;
  readonly openDownload: (principal: Principal, asked: DownloadAsked & { id: string }) => Promise<ParcelDownload>;
}

/** What the routes are given by main. */
export interface WebApiDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  /** Where people reach the gateway, e.g. `https://sekisho.example.com/`; every origin check compares with it. */
  readonly publicUrl: URL;
  /** CIDRs of the proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  readonly mode: 'demo' | 'production';
  /** The built console: `index.html` and hashed files under `assets/`. */
  readonly uiDirectory: string;
  readonly recordings: RecordingSource;
  /** What is shown in a session that goes on, until the signal. */
  readonly followSession: (id: SessionId, signal: AbortSignal) => AsyncIterable<readonly Frame[]>;
  /** How what is recorded is kept from being changed or removed. */
  readonly protection: () => Promise<Protection>;
  /** Replays and the search index. */
  readonly derived: Derived;
  readonly ssh: {
    readonly host: string;
    readonly port: number;
    readonly hostKeyFingerprint: string;
    /** `ssh-ed25519 AAAA…`, as for known_hosts. */
    readonly hostKeyLine: string;
    /** The authority of the certificates by which the gateway and the targets behind it are known; null without one. */
    readonly hostCaLine: string | null;
  };
  /** Asks every process with sessions to do this to one; see there for who may, and its errors. */
  readonly controlSession: (principal: Principal, request: SessionControl) => Promise<void>;
  /** Signs the certificates of `sekisho login`. */
  readonly loginAuthority: CertificateAuthority;
  /** Events named by the id of a login, fired when it was decided (NOTIFY sekisho_sign_in_decided). */
  readonly signInDecided: EventTarget;
  readonly parcels: ParcelsDoor;
  readonly emergency?: EmergencySettings;
  /** The ways out of the house, and the key of the links in messages; left out: nothing is sent. */
  readonly delivery?: DeliverySettings;
  /** The processes that serve SSH; none wanted when the one process does. */
  readonly workers: () => { readonly wanted: number; readonly serving: number };
  /** How long too few outside witnesses have cosigned what is recorded; undefined: enough do, or none are asked. */
  readonly witnessDelay: () => WitnessDelay | undefined;
  /** Who signs people in; the sign-in page offers them in this order. */
  readonly providers: readonly OidcClient[];
  /** What is asked of who decides, locks or ends. */
  readonly factorRules: FactorRules;
  readonly factorSeal: FactorSeal;
  readonly secretSeal: SecretSeal;
  /** Has the secrets that are due changed on their targets, in the background. */
  readonly askSecretRotation: () => Promise<void>;
  /** Has the accounts of all targets looked at, in the background. */
  readonly askAccountInventory: () => Promise<void>;
  readonly terminals: Terminals;
  readonly administration: Administration;
  /** Where browsers reach sites; undefined: none is served. */
  readonly sites: { readonly originOf: (label: string) => string } | undefined;
}
