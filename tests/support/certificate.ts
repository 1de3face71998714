/** A certificate for this machine, made by openssl; it is its own authority. Call it inside `describeWith('openssl', …)`. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { partner } from './partners.ts';
import { runToEnd } from './run-to-end.ts';
import { tempDirectory } from './temp-directory.ts';

export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
}

export async function makeCertificate(): Promise<TestCertificate> {
  await using directory = await tempDirectory();
  const [cert, key] = [join(directory.path, 'cert.pem'), join(directory.path, 'key.pem')];
  const made = await runToEnd(partner('openssl'), [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,DNS:hooks.example,IP:127.0.0.1'],
    ...['-keyout', key, '-out', cert],
  ]);
  if (made.status !== 0) throw new Error(`openssl: ${made.stderr}`);
  return { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') };
}
