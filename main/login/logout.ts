/** `sekisho logout`: the certificate is revoked at the gateway, then everything that was written is deleted. */
import { asError, GatewayError } from '../../foundation/index.ts';
import { certificateSerial, revocationText } from '../../identity/index.ts';
import { readOrigin, revoke } from './calls.ts';
import { signWith } from './key.ts';
import { placeOf } from './login.ts';
import { FILES, openPlace, readOwn, removeOwn } from './place.ts';
import { say } from './say.ts';

/** @returns 0 when it is revoked, or nothing was there; 1 when the gateway did not say so: the files are gone anyway. */
export async function runLogout(options: { readonly directory: string | undefined }): Promise<number> {
  const directory = placeOf(options.directory);
  await openPlace(directory);
  const [origin, secret, certificate] = [
    await readOwn(directory, FILES.gateway),
    await readOwn(directory, FILES.key),
    await readOwn(directory, FILES.certificate),
  ];
  if (origin === undefined || secret === undefined || certificate === undefined) {
    await removeOwn(directory);
    say('logout.none');
    return 0;
  }
  const failure = await revoked(origin.trim(), secret, certificate);
  await removeOwn(directory);
  if (failure === undefined) say('logout.done');
  else say('logout.not_confirmed', { why: failure.message, url: origin.trim() });
  return failure === undefined ? 0 : 1;
}

async function revoked(origin: string, secret: string, line: string): Promise<Error | undefined> {
  try {
    const certificate = line.split(' ')[1] ?? '';
    const text = revocationText(certificateSerial(certificate));
    await revoke(readOrigin(origin), { certificate, signature: signWith(secret, text).toString('base64') });
    return undefined;
  } catch (thrown) {
    return thrown instanceof GatewayError ? thrown : asError(thrown);
  }
}
