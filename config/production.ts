/** What production refuses, by name: every default that makes the demo easy would make production false. */
import { z } from 'zod';

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[?::1\]?|.*\.localhost)$/i;

const text = z.string().optional().catch(undefined);
const Provider = z.looseObject({ issuer: text, role_of_group: z.unknown().optional() });
/** Read leniently, so that these faults are told together with those of the strict schema. */
const Lenient = z.looseObject({
  data_directory: text,
  http: z.looseObject({ public_url: text }).optional().catch(undefined),
  ssh: z.looseObject({ advertised_host: text }).optional().catch(undefined),
  sites: z.looseObject({ public_scheme: text }).optional().catch(undefined),
  recorder: z
    .looseObject({ storage: z.looseObject({ endpoint: text }).optional().catch(undefined) })
    .optional()
    .catch(undefined),
  database: z.looseObject({ url: text }).optional().catch(undefined),
  notifications: z
    .looseObject({ mail: z.looseObject({ host: text, tls: text }).optional().catch(undefined) })
    .optional()
    .catch(undefined),
  oidc: Provider.optional().catch(undefined),
  identity_providers: z.array(Provider.catch({})).optional().catch(undefined),
});

type Settings = z.infer<typeof Lenient>;

export interface Fault {
  readonly key: string;
  readonly message: string;
}

/** In the order of the configuration's keys. */
const CHECKS: readonly { key: string; refused: (settings: Settings) => string | undefined }[] = [
  {
    key: 'data_directory',
    refused: ({ data_directory }) =>
      data_directory === undefined ? 'the demo data directory beside the program is refused; name one' : undefined,
  },
  { key: 'http.public_url', refused: ({ http }) => publicUrlFault(http?.public_url) },
  {
    key: 'ssh.advertised_host',
    refused: ({ ssh }) =>
      ssh?.advertised_host === undefined || LOOPBACK.test(ssh.advertised_host)
        ? 'the demo default, this machine only, is refused; name the host people connect to'
        : undefined,
  },
  {
    key: 'sites.public_scheme',
    refused: ({ sites }) =>
      // Without TLS the cookie of a site travels readable, and with it who somebody is.
      sites?.public_scheme === 'http' ? 'plain http is refused: sites are reached by https' : undefined,
  },
  {
    key: 'recorder.storage.endpoint',
    refused: ({ recorder }) =>
      // Object Lock is worth what the answer is worth: on a readable way somebody else could answer that it is on.
      recorder?.storage?.endpoint?.startsWith('http://') === true && !isLoopback(recorder.storage.endpoint)
        ? 'plain http is refused; name an https origin'
        : undefined,
  },
  {
    key: 'database.url',
    refused: ({ database }) =>
      database?.url === undefined ? 'the embedded database is refused; set DATABASE_URL to your PostgreSQL' : undefined,
  },
  {
    key: 'notifications.mail.tls',
    refused: ({ notifications }) =>
      // The link in a message is readable on the way, and the password of the mail server with it.
      notifications?.mail?.tls === 'none' && !LOOPBACK.test(notifications.mail.host ?? '')
        ? 'mail without TLS is refused but to a server on this machine'
        : undefined,
  },
  {
    key: 'oidc',
    refused: ({ oidc, identity_providers }) =>
      oidc === undefined && identity_providers === undefined
        ? 'the demo identity provider is refused; name your own provider'
        : undefined,
  },
  { key: 'oidc.issuer', refused: ({ oidc }) => issuerFault(oidc?.issuer) },
  {
    key: 'oidc.role_of_group',
    refused: ({ oidc }) =>
      oidc !== undefined && oidc.role_of_group === undefined
        ? 'the demo groups are refused; say which of your groups gives which role'
        : undefined,
  },
  {
    key: 'identity_providers',
    refused: ({ oidc, identity_providers: list = [] }) => {
      if (oidc !== undefined && list.length > 0) return 'name providers here or under oidc, not in both';
      const faults = list.flatMap((provider, at) => {
        const noRoles = provider.role_of_group === undefined ? 'the demo groups are refused' : undefined;
        const fault = issuerFault(provider.issuer) ?? noRoles;
        return fault === undefined ? [] : [`${at + 1}: ${fault}`];
      });
      return faults.length === 0 ? undefined : faults.join('; ');
    },
  },
];

/** Every demo default that `raw` would use in production. */
export function productionFaults(raw: unknown): Fault[] {
  const settings = Lenient.safeParse(raw);
  if (!settings.success) return [];
  return CHECKS.flatMap(({ key, refused }) => {
    const message = refused(settings.data);
    return message === undefined ? [] : [{ key, message }];
  });
}

function isLoopback(url: string): boolean {
  return URL.canParse(url) && LOOPBACK.test(new URL(url).hostname);
}

function publicUrlFault(url: string | undefined): string | undefined {
  if (url === undefined) return 'the demo default, plain http on this machine, is refused; name your https origin';
  // Without TLS the session cookie and the approvals travel readable and forgeable.
  return url.startsWith('https://') ? undefined : 'plain http is refused; name your https origin';
}

function issuerFault(issuer: string | undefined): string | undefined {
  if (issuer === undefined || !URL.canParse(issuer)) return undefined;
  const { protocol, hostname } = new URL(issuer);
  if (LOOPBACK.test(hostname)) return 'an identity provider on this machine only is refused';
  return protocol === 'https:' ? undefined : 'plain http is refused: sign-ins could be forged on the way';
}
