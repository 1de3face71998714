/** What an inventory says of a site: how it is spoken to, who its people are told it, and what of it is an export. */
import { z } from 'zod';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
export type WebMethod = (typeof METHODS)[number];

const method = z.enum(METHODS);
const headerName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, 'a header name')
  .refine((name) => !/^(host|cookie|connection|content-.*|transfer-encoding|te|trailer|upgrade|expect)$/i.test(name), {
    message: 'this header belongs to the protocol',
  });
/** `*` is anything within a segment, `**` anything: `/reports/*.csv`, `/admin/**`. */
const path = z
  .string()
  .regex(/^\/[^\s?#]{0,1023}$/, 'a path that begins with a slash; * and ** stand for anything')
  .refine((text) => text.split('*').length <= 10, { message: 'ten stars at most' });
const name = z.string().min(1).max(100);

const RouteSchema = z.strictObject({
  methods: z.array(method).min(1).default(['GET', 'POST']),
  path,
  /** Parameters of the query or of a form that have to be there; `*` is any value. */
  parameters: z.record(name, z.string().max(200)).default({}),
  /** What people call it: 顧客一覧CSV. */
  title: z.string().max(200).default(''),
});
export type WebRoute = z.infer<typeof RouteSchema>;

const IdentitySchema = z.discriminatedUnion('kind', [
  /** A signed token of a minute in this header; the site checks it by the published keys. */
  z.strictObject({ kind: z.literal('token'), header: headerName.default('X-Sekisho-Identity') }),
  /** The person's own name and password of the site, as basic authentication. */
  z.strictObject({ kind: z.literal('basic') }),
  /** The person's own secret in this header: an API token of theirs. */
  z.strictObject({ kind: z.literal('header'), header: headerName }),
]);

const pem = z.string().regex(/^-----BEGIN CERTIFICATE-----[\s\S]{1,60000}-----END CERTIFICATE-----\s*$/, 'PEM');

export const WebSettingsSchema = z.strictObject({
  scheme: z.enum(['https', 'http']).default('https'),
  /** The authority that signed the site's certificate, PEM; then no other is believed. Null: those of the system. */
  ca: pem.nullable().default(null),
  /** The name its certificate is for, where that is not `host`. */
  serverName: z
    .string()
    .regex(/^[a-z0-9.-]{1,253}$/)
    .nullable()
    .default(null),
  /** A certificate of the configuration (`sites.client_certificates`) that the gateway shows the site. */
  clientCertificate: name.nullable().default(null),
  /** Which host the site is asked for: the one in the browser, or its own; then redirects to itself are rewritten. */
  hostHeader: z.enum(['public', 'own']).default('public'),
  identity: IdentitySchema.default({ kind: 'token', header: 'X-Sekisho-Identity' }),
  methods: z
    .array(method)
    .min(1)
    .default([...METHODS]),
  /** Only these paths, where there are any. */
  paths: z.array(path).max(200).default([]),
  pathsDenied: z.array(path).max(200).default([]),
  /** Nothing that may write: GET, HEAD and OPTIONS alone, and no WebSocket. */
  readOnly: z.boolean().default(false),
  uploads: z.enum(['allowed', 'refused']).default('allowed'),
  webSockets: z.enum(['allowed', 'refused']).default('allowed'),
  serviceWorkers: z.enum(['allowed', 'refused']).default('refused'),
  /** Known exports: stopped before the site is asked. */
  exports: z.array(RouteSchema).max(200).default([]),
  /** Files that hold nothing of anybody: a manual, a template. They are metered as pages are. */
  files: z.array(RouteSchema).max(200).default([]),
  /** Rows of one answer beyond which it is an export and no page. */
  pageRows: z.int().min(1).max(100_000).default(200),
  /** Parameters that are another value each time, beside the usual ones against forged requests. */
  changingParameters: z.array(name).max(50).default([]),
  /** Whether bodies of text are kept in the recording; heads, sizes and hashes always are. */
  bodies: z.enum(['text', 'none']).default('text'),
  /** Whether pages say who is recorded: a line at the top and a watermark with person and time. */
  banner: z.boolean().default(false),
  /** A second factor shown a moment ago, for each way in. */
  stepUp: z.boolean().default(false),
});
export type WebSettings = z.infer<typeof WebSettingsSchema>;
