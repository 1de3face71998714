/** The body of a request: forms are read whole before they are sent on, so that they can be judged; the rest streams. */
import { createHash, randomBytes } from 'node:crypto';
import { LIMITS } from '../../../foundation/index.ts';
import type { BrowserRequest } from '../model.ts';

export interface RequestBody {
  /** What was read already; all of it where `rest` is undefined. */
  readonly head: Buffer;
  readonly rest: AsyncIterator<Buffer> | undefined;
  readonly type: string;
}

const FORM = /^(?:application\/(?:x-www-form-urlencoded|json|[\w.+-]+\+json|xml|graphql)|multipart\/form-data|text\/)/i;

function hasBody({ headers, method, httpVersionMajor }: BrowserRequest): boolean {
  if (headers['transfer-encoding'] !== undefined) return true;
  const length = headers['content-length'];
  if (length !== undefined) return Number(length) > 0;
  return httpVersionMajor >= 2 && method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS' && method !== 'DELETE';
}

export async function readBody(request: BrowserRequest): Promise<RequestBody | undefined> {
  if (!hasBody(request)) return undefined;
  const type = request.headers['content-type'] ?? '';
  const chunks: Buffer[] = [];
  let bytes = 0;
  const iterator = request[Symbol.asyncIterator]();
  // Whatever is small is read whole: a ticket is about this very body.
  const isRead = FORM.test(type) || Number(request.headers['content-length'] ?? Number.NaN) <= LIMITS.siteFormBytesMax;
  while (isRead && bytes <= LIMITS.siteFormBytesMax) {
    const next = await iterator.next();
    if (next.done === true) return { head: Buffer.concat(chunks), rest: undefined, type };
    chunks.push(next.value);
    bytes += next.value.length;
  }
  return { head: Buffer.concat(chunks), rest: iterator, type };
}

/** The fields of a form, in order; none of anything else. Of a file only its name is one. */
export function formFields({ head, rest, type }: RequestBody): [string, string][] {
  if (rest !== undefined) return [];
  if (/^application\/x-www-form-urlencoded/i.test(type)) return [...new URLSearchParams(head.toString('utf8'))];
  if (/^multipart\/form-data/i.test(type)) return multipartFields(head, type);
  return [];
}

/**
 * SHA-256 of a body that is no form; null where there is none. The boundary of a form is another each time. What is too
 * large to be read before it is sent on is equal to no other: a ticket for it would carry any body that begins alike.
 */
export function bodyDigest(body: RequestBody | undefined): string | null {
  if (body === undefined || (body.rest === undefined && formFields(body).length > 0)) return null;
  if (body.rest !== undefined) return randomBytes(32).toString('hex');
  return createHash('sha256').update(body.head).digest('hex');
}

/** Whether the recording may keep it as text: of a file it keeps the hash alone. */
export function isReadable({ rest, type }: RequestBody): boolean {
  return rest === undefined && FORM.test(type);
}

/** Whether the request brings files (RFC 7578 §4.2), or a body that no page's form would send. */
export function isUpload({ head, type }: RequestBody): boolean {
  if (/^multipart\/form-data/i.test(type))
    return /\r\ncontent-disposition:[^\r\n]*filename/i.test(`\r\n${head.toString('latin1')}`);
  return !FORM.test(type);
}

function multipartFields(head: Buffer, type: string): [string, string][] {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(type);
  const mark = boundary?.[1] ?? boundary?.[2];
  if (mark === undefined) return [];
  const fields: [string, string][] = [];
  for (const part of head.toString('latin1').split(`--${mark}`).slice(1, -1)) {
    const at = part.indexOf('\r\n\r\n');
    const name = /content-disposition:[^\r\n]*?[\s;]name="([^"]*)"/i.exec(part.slice(0, at))?.[1];
    const file = /filename="([^"]*)"/i.exec(part.slice(0, at))?.[1];
    const value = part.slice(at + 4).replace(/\r\n$/, '');
    if (at !== -1 && name !== undefined)
      fields.push([utf8(name), file === undefined ? utf8(value) : fileDigest(utf8(file), value)]);
  }
  return fields;
}

function fileDigest(name: string, content: string): string {
  return `${name} sha256:${createHash('sha256').update(Buffer.from(content, 'latin1')).digest('hex')}`;
}

function utf8(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8');
}
