/** What a recording must not keep: secrets in heads, addresses and forms. Their lengths stay. */
import type { Head } from '../head.ts';

const SECRET_HEADER =
  /^(?:authorization|proxy-authorization|cookie|set-cookie|x-csrf.*|x-xsrf.*|.*(?:token|secret|password|api-?key|session).*|x-sekisho-identity)$/i;
const SECRET_NAME =
  /pass(?:word|wd|phrase|code)?|secret|token|credential|api[-_]?key|otp|\bpin\b|_pin$|auth|session|signature|暗証|パスワード|合言葉/i;

function hidden(value: string): string {
  return `[redacted ${value.length}]`;
}

/** Of a cookie its name stays: what a page sets is part of what it did. */
export function redactHead(head: Head, secret: ReadonlySet<string> = new Set()): [string, string][] {
  return head.map(([name, value]) => {
    if (secret.has(name.toLowerCase())) return [name, hidden(value)];
    if (/^(?:set-)?cookie$/i.test(name)) return [name, redactCookies(value)];
    return [name, SECRET_HEADER.test(name) ? hidden(value) : value];
  });
}

function redactCookies(value: string): string {
  return value
    .split('; ')
    .map((pair, at) => {
      const cut = pair.indexOf('=');
      const isAttribute = at > 0 && /^(?:path|domain|expires|max-age|samesite)=/i.test(pair);
      return cut === -1 || isAttribute ? pair : `${pair.slice(0, cut)}=${hidden(pair.slice(cut + 1))}`;
    })
    .join('; ');
}

function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

export function redactParameters(parameters: readonly (readonly [string, string])[]): [string, string][] {
  return parameters.map(([name, value]) => [name, isSecretName(name) ? hidden(value) : value]);
}

export function redactUrl(url: string): string {
  const at = url.indexOf('?');
  if (at === -1) return url;
  const pairs = url
    .slice(at + 1)
    .split('&')
    .map((pair) => {
      const cut = pair.indexOf('=');
      return cut !== -1 && isSecretName(decoded(pair.slice(0, cut)))
        ? `${pair.slice(0, cut)}=${hidden(pair.slice(cut + 1))}`
        : pair;
    });
  return `${url.slice(0, at)}?${pairs.join('&')}`;
}

/** A form or JSON as it is kept. Of a form with files the fields are kept, and of the files nothing. */
export function redactBody(body: Buffer, type: string, fields: readonly (readonly [string, string])[]): Buffer {
  if (fields.length > 0) {
    const kept = redactParameters(fields).map(
      ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
    );
    return Buffer.from(kept.join('&'));
  }
  if (!/json/i.test(type)) return body;
  const text = body.toString('utf8');
  return Buffer.from(
    text.replace(
      /("(?:[^"\\]|\\.)*")(\s*:\s*)("(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*)/g,
      (whole, name: string, mark: string, value: string) =>
        isSecretName(name) ? `${name}${mark}"${hidden(value)}"` : whole,
    ),
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
