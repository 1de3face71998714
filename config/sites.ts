/** The keys of `sites`: the door by which browsers reach web targets. */
import { z } from 'zod';
import { path } from './fields.ts';

const name = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/, 'a domain name');
const port = z.number().int().min(1).max(65_535);

const pair = z.strictObject({
  certificate: path.describe('PEM file of the certificate and those that lead to its authority.'),
  key: path.describe('PEM file of its private key.'),
});

export const SitesSchema = z
  .strictObject({
    domain: name.describe(
      'Behind the name of a target: with `apps.example`, `crm-admin` is `crm-admin.apps.example`. Its wildcard has to lead here.',
    ),
    host: z
      .string()
      .regex(/^[A-Za-z0-9.:-]{1,253}$/, 'must be a host name or an IP address')
      .optional()
      .describe('Address the listener for sites listens on. Default `127.0.0.1`.'),
    port: port.optional().describe('Port it listens on. Default `8081`.'),
    public_scheme: z
      .enum(['http', 'https'])
      .optional()
      .describe('How browsers reach it. Default `https` with `sites.tls` and in production; in demo mode `http`.'),
    public_port: port.optional().describe('Port by which browsers reach it. Default: `sites.port`.'),
    tls: pair
      .optional()
      .describe('A certificate for `*.domain`: TLS and HTTP/2 are spoken here. Without it a TLS proxy stands before.'),
    client_certificates: z
      .record(z.string().min(1).max(100), pair)
      .optional()
      .describe('What the gateway shows to sites that ask for a certificate, by the name in the inventory.'),
  })
  .describe('The HTTP bastion: sites as targets. Absent in production: there are none.');

type SitesFile = z.infer<typeof SitesSchema>;
type Pair = { readonly certificate: string; readonly key: string };

export interface SitesConfig {
  readonly domain: string;
  readonly host: string;
  readonly port: number;
  readonly publicScheme: 'http' | 'https';
  readonly publicPort: number;
  /** Absolute paths. */
  readonly tls: Pair | null;
  readonly clientCertificates: Readonly<Record<string, Pair>>;
}

const PORT = 8081;
const DEMO = { domain: 'localhost' };

/** Null: no site is served. */
export function completeSites(
  mode: 'demo' | 'production',
  file: SitesFile | undefined,
  absolute: (path: string) => string,
): SitesConfig | null {
  if (file === undefined && mode === 'production') return null;
  const sites: SitesFile = file ?? DEMO;
  const of = ({ certificate, key }: Pair): Pair => ({ certificate: absolute(certificate), key: absolute(key) });
  const isSecure = sites.tls !== undefined || mode === 'production';
  const port = sites.port ?? PORT;
  return {
    domain: sites.domain,
    host: sites.host ?? '127.0.0.1',
    port,
    publicScheme: sites.public_scheme ?? (isSecure ? 'https' : 'http'),
    publicPort: sites.public_port ?? port,
    tls: sites.tls === undefined ? null : of(sites.tls),
    clientCertificates: Object.fromEntries(
      Object.entries(sites.client_certificates ?? {}).map(([label, pair]) => [label, of(pair)]),
    ),
  };
}
