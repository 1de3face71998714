/**
 * Every key of the configuration. docs/reference/config.md is generated from these descriptions.
 */
import { z } from 'zod';
import { LIMITS, parseNetwork } from '../foundation/index.ts';
import { EmergencySchema } from './emergency.ts';
import { path, urlOf } from './fields.ts';
import { FlowSchema } from './flow.ts';
import { NotificationsSchema } from './notifications.ts';
import { RelaySchema } from './relay.ts';
import { SitesSchema } from './sites.ts';
import { identityProviders, oidc, secondFactor } from './sign-in.ts';
import { storage, storageCredentials } from './storage.ts';
import { transparencyLog } from './transparency.ts';

const port = z.number().int().min(1).max(65_535);
const host = z.string().regex(/^[A-Za-z0-9.:-]{1,253}$/, 'must be a host name or an IP address');
const origin = urlOf('http:', 'https:').refine((value) => !URL.canParse(value) || isOrigin(new URL(value)), {
  message: 'must be an origin: scheme, host and port only',
});

function isOrigin(url: URL): boolean {
  return url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '' && url.password === '';
}

const networks = z
  .array(z.string().refine((text) => parseNetwork(text) !== undefined, { message: 'must be an address or a CIDR' }))
  .max(200);

const http = z
  .strictObject({
    host: host
      .optional()
      .describe('Address the console listens on. Default `127.0.0.1`: a TLS proxy stands before it.'),
    port: port.optional().describe('Port the console listens on. Default `8080`.'),
    public_url: origin
      .optional()
      .describe('Origin by which browsers reach the console. Default in demo mode: the listening address.'),
    trusted_proxies: networks
      .optional()
      .describe(
        'CIDRs of the TLS proxies before the console, whose `X-Forwarded-For` says where a request comes from. None by default: then it is the address that connects.',
      ),
  })
  .describe('The console and its API.');

const ssh = z
  .strictObject({
    host: host
      .optional()
      .describe('Address the bastion listens on. Default `127.0.0.1` in demo mode, `0.0.0.0` in production.'),
    port: port.optional().describe('Port the bastion listens on. Default `2222`.'),
    advertised_host: host
      .optional()
      .describe('Host that people are told to connect to. Default in demo mode: `127.0.0.1`.'),
    advertised_port: port.optional().describe('Port that people are told to connect to. Default: `ssh.port`.'),
    workers: z
      .number()
      .int()
      .min(0)
      .max(LIMITS.sshWorkersMax)
      .optional()
      .describe(
        'Processes that serve SSH connections; `0` serves them in the one process that does everything else. Default `0` in demo mode, in production one a core and at most `8`.',
      ),
    user_authority: z
      .string()
      .regex(/^agent:\/[^#]{1,200}#SHA256:[A-Za-z0-9+/]{43}$/, 'must be agent:/PATH/OF/SOCKET#SHA256:FINGERPRINT')
      .optional()
      .describe(
        'Where the key lies that signs certificates for targets: `agent:/run/sekisho/agent.sock#SHA256:…`, a key of that ssh-agent, or by it of a token (`ssh-add -s` with a PKCS#11 module). Ed25519, ECDSA or RSA. The start fails when it is not there. Default: `keys/user_ca_ed25519.pem` in the data directory, made at the first start.',
      ),
    second_factor: z
      .enum(['none', 'browser', 'totp'])
      .optional()
      .describe(
        "What an enrolled key needs beside it: nothing, its holder's approval of the connection in the browser, or a code of their authenticator app typed in the terminal (`totp`; who has no app approves in the browser). A certificate of `sekisho login` was approved there already. Default `none` in demo mode, `browser` in production.",
      ),
    security_key_is_two_factors: z
      .boolean()
      .optional()
      .describe(
        'Whether a security key (FIDO2) that verified its holder by PIN or finger needs nothing beside it. Default `false`.',
      ),
    second_factor_minutes: z
      .number()
      .int()
      .min(0)
      .max(LIMITS.secondFactorMinutesMax)
      .optional()
      .describe(
        'Minutes for which one approval serves the same person with the same key from the same address. Default `0`: each connection is approved.',
      ),
    user_verification: z
      .boolean()
      .optional()
      .describe(
        'Whether every security key (FIDO2) has to ask for a PIN or a finger, also one enrolled without `verify-required`. Default `false`.',
      ),
    proxy_protocol_from: networks
      .optional()
      .describe(
        'CIDRs of the load balancers that send a PROXY protocol header (version 1 or 2) before each connection. From them one is required, from anybody else it is not read. None by default.',
      ),
    idle_timeout_minutes: z
      .number()
      .int()
      .min(0)
      .max(LIMITS.sessionMinutesMax)
      .optional()
      .describe(
        'Minutes without a key pressed after which a session with a terminal ends, told a minute before; output alone does not keep it. `0`: never. Default `30`.',
      ),
    session_hours_max: z
      .number()
      .int()
      .min(1)
      .max(LIMITS.sessionMinutesMax / 60)
      .optional()
      .describe('Hours after which any session ends, told a minute before. Default `12`.'),
    sessions_per_person: z
      .number()
      .int()
      .min(1)
      .max(LIMITS.sessionsPerProcessMax)
      .optional()
      .describe(`Sessions that one person may have open at once. Default \`${LIMITS.sessionsPerPersonMax}\`.`),
    sessions_per_target: z
      .number()
      .int()
      .min(1)
      .max(LIMITS.sessionsPerProcessMax)
      .optional()
      .describe(`Sessions that may be open at once on one target. Default \`${LIMITS.sessionsPerTargetMax}\`.`),
    keepalive_seconds: z
      .number()
      .int()
      .min(0)
      .max(LIMITS.keepaliveSecondsMax)
      .optional()
      .describe(
        "Seconds of silence after which a maintainer's connection is asked whether it is still there; it is closed when it did not answer three times. `0`: never. Default `15`.",
      ),
    banner: z
      .string()
      .max(LIMITS.bannerCharactersMax)
      .regex(/^[^\p{Cc}]*(\n[^\p{Cc}]*)*$/u, 'must be text without control characters')
      .optional()
      .describe(
        'Shown to everybody before the sign-in; empty: nothing. Default: that sessions are recorded, in two languages.',
      ),
  })
  .describe('The SSH bastion.');

const recipients = z
  .array(z.string().regex(/^age1[0-9a-z]{50,2000}$/, 'must be an age recipient: age1…'))
  .max(LIMITS.keyRecipientsMax);

const recorder = z
  .strictObject({
    durability: z
      .enum(['strict', 'buffered'])
      .optional()
      .describe(
        `\`strict\`, the default: nothing is shown or sent on before its recording is on the disk. \`buffered\`: a keystroke waits for no disk, and what passed in the last ${LIMITS.recorderBufferedMillis} ms may be missing from the end of the recordings when the process or the machine dies; they say that they were recovered.`,
      ),
    recipients: z
      .strictObject({
        screen: recipients.optional().describe('To whom what was shown is sealed. Default: nobody beside the console.'),
        keystrokes: recipients
          .optional()
          .describe('To whom what was typed is sealed. Default: nobody beside the console.'),
      })
      .optional()
      .describe(
        'age recipients (`age1…`) of auditors, of an escrow outside the house, of an emergency key: each of them alone opens every recording from then on, with `sekisho` or with `age`.',
      ),
    replay: z
      .boolean()
      .optional()
      .describe(
        'Whether the console holds an identity of its own and can replay and search recordings. With `false` each stream needs a recipient, and only who holds its identity can look. Default `true`.',
      ),
    replay_identity: path
      .optional()
      .describe(
        'File of that identity, as `age-keygen` writes it; the first start makes it. Default: `keys/replay_identity.age.txt` in the data directory.',
      ),
    storage: storage.optional(),
    log: transparencyLog.optional(),
  })
  .refine(
    ({ replay = true, recipients: { screen = [], keystrokes = [] } = {} }) =>
      replay || (screen.length > 0 && keystrokes.length > 0),
    { path: ['recipients'], message: 'without replay each stream needs a recipient, or nobody could ever look' },
  )
  .describe('How sessions are recorded.');

const database = z
  .strictObject({
    url: urlOf('postgres:', 'postgresql:')
      .optional()
      .describe(
        'PostgreSQL, as a login that is a member of `sekisho_gateway`. Environment: `DATABASE_URL`. Without it, in demo mode only, an embedded PostgreSQL runs in the data directory.',
      ),
    owner_url: urlOf('postgres:', 'postgresql:')
      .optional()
      .describe(
        'The same database as the owner of the schema; used at start to run migrations and then let go. Environment: `DATABASE_OWNER_URL`. Without it the start only checks that no migration is missing.',
      ),
    pool_size: z.number().int().min(2).max(200).optional().describe('Connections of one process. Default `10`.'),
  })
  .describe('Where everything but the recordings is kept.');

const targets = z
  .strictObject({
    allowed_networks: networks
      .optional()
      .describe(
        'CIDRs targets may stand in; then nowhere else. Without it everywhere but where no target stands: link-local (a metadata service of a cloud), multicast, unspecified, and in production loopback. One of those is opened only by naming it as narrowly.',
      ),
    denied_networks: networks.optional().describe('CIDRs that are never dialled, whatever else says so.'),
    secret_key_file: path
      .optional()
      .describe(
        'File of 32 random bytes that only the gateway may read: the key that wraps the secrets of accounts on targets without certificates, so that it can lie on another volume than the data. Default: `keys/target_secret_key` in the data directory, made at the first start.',
      ),
  })
  .describe('Which addresses the bastion dials.');

const redis = z
  .strictObject({
    url: urlOf('redis:', 'rediss:')
      .optional()
      .describe('Redis for background work. Environment: `REDIS_URL`. Without it the work is queued in PostgreSQL.'),
  })
  .describe('The queue of background work.');

export const ConfigSchema = z.strictObject({
  mode: z
    .enum(['demo', 'production'])
    .describe('`demo` fills in what is missing for one machine; `production` refuses every one of those defaults.'),
  data_directory: path
    .optional()
    .describe(
      'Recordings, their log and the private keys. Relative paths start at the configuration file. Environment: `SEKISHO_DATA`. Default in demo mode: `var` beside the program.',
    ),
  http: http.optional(),
  ssh: ssh.optional(),
  sites: SitesSchema.optional(),
  targets: targets.optional(),
  recorder: recorder.optional(),
  storage_credentials: storageCredentials.optional(),
  database: database.optional(),
  redis: redis.optional(),
  oidc: oidc.optional(),
  identity_providers: identityProviders.optional(),
  second_factor: secondFactor.optional(),
  emergency: EmergencySchema.optional(),
  relay: RelaySchema.optional(),
  flow: FlowSchema.optional(),
  notifications: NotificationsSchema.optional(),
  inventory: path
    .optional()
    .describe('JSON file of people, systems, targets, accounts and grants, applied at each start. None by default.'),
  log_level: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .optional()
    .describe('Least severe line of the operator log. Default `info`.'),
});

export type ConfigFile = z.infer<typeof ConfigSchema>;
