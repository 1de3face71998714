/** The device authorization grant (RFC 8628): `sekisho login` where the provider itself asks for the sign-in. */
import * as oidc from 'openid-client';

/** A sign-in that waits at the provider. */
export interface Device {
  /** What its person types there. */
  readonly userCode: string;
  readonly url: string;
  readonly expiresInSeconds: number;
  readonly answer: oidc.DeviceAuthorizationResponse;
}

/** Undefined where the provider has no such page. */
export async function startDevice(config: oidc.Configuration, scope: string): Promise<Device | undefined> {
  if (config.serverMetadata().device_authorization_endpoint === undefined) return undefined;
  const answer = await oidc.initiateDeviceAuthorization(config, { scope });
  const url = answer.verification_uri_complete ?? answer.verification_uri;
  return { userCode: answer.user_code, url, expiresInSeconds: answer.expires_in, answer };
}

/** Asks the provider as often as it allows, until its person decided or `signal` aborts. */
export function pollDevice(config: oidc.Configuration, device: Device, signal: AbortSignal) {
  return oidc.pollDeviceAuthorizationGrant(config, device.answer, undefined, { signal });
}
