/** `sekisho logout`: the certificate is revoked at the gateway, then everything that was written is deleted. */
import { asError, GatewayError } from '../../foundation/index.ts';
import { certificateSerial, revocationText } from '../../identity/index.ts';
import { giveBack, readOrigin, revoke } from './calls.ts';
import { signWith } from './key.ts';
import { placeOf } from './login.ts';
import { FILES, openPlace, readOwn, removeOwn } from './place.ts';
import { say } from './say.ts';

/** @returns 0 when it is revoked, or nothing was there; 1 when the gateway did not say so: the files are gone anyway. */
export async function runLogout(options: { readonly directory: string | undefined }): Promise<number> {
  const directory = placeOf(options.directory);
  await openPlace(directory);
  const [origin, secret, certificate, token] = [
    await readOwn(directory, FILES.gateway),
    await readOwn(directory, FILES.key),
    await readOwn(directory, FILES.certificate),
    await readOwn(directory, FILES.token),
  ];
  const held = certificate !== undefined && secret !== undefined ? { secret, certificate } : undefined;
  if (origin === undefined || (held === undefined && token === undefined)) {
    await removeOwn(directory);
    say('logout.none');
    return 0;
  }
  const failure = await revoked(origin.trim(), held, token?.trim());
  await removeOwn(directory);
  if (failure === undefined) say('logout.done');
  else say('logout.not_confirmed', { why: failure.message, url: origin.trim() });
  return failure === undefined ? 0 : 1;
}

interface Held {
  readonly secret: string;
  readonly certificate: string;
}

/** The token ends with its certificate; without one it is given back itself. */
async function revoked(origin: string, held: Held | undefined, token = ''): Promise<Error | undefined> {
  try {
    if (held === undefined) {
      await giveBack(readOrigin(origin), token);
      return undefined;
    }
    const certificate = held.certificate.split(' ')[1] ?? '';
    const text = revocationText(certificateSerial(certificate));
    await revoke(readOrigin(origin), { certificate, signature: signWith(held.secret, text).toString('base64') });
    return undefined;
  } catch (thrown) {
    return thrown instanceof GatewayError ? thrown : asError(thrown);
  }
}
