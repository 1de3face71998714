/** The gateway as the commands of a signed-in person reach it: with the token that `sekisho login` keeps. */
import { z } from 'zod';
import { GatewayError } from '../../foundation/index.ts';
import { message } from '../../messages/index.ts';
import { callApi, readOrigin, refusalCode } from '../login/calls.ts';
import { placeOf } from '../login/login.ts';
import { FILES, openPlace, readOwn } from '../login/place.ts';

export type Language = 'en' | 'ja';

export interface RemoteGateway {
  readonly origin: string;
  readonly language: Language;
  readonly get: <Output>(path: string, schema: z.ZodType<Output>) => Promise<Output>;
  readonly post: <Output>(path: string, body: object, schema: z.ZodType<Output>) => Promise<Output>;
}

/** What the gateway refused, by its code. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly code: string;
  readonly detail: string;

  constructor(code: string, detail: string) {
    super(`${detail} [${code}]`);
    this.code = code;
    this.detail = detail;
  }
}

const Detail = z.looseObject({ detail: z.string().max(1_000) });

/** @throws {GatewayError} `not_authenticated` when nobody signed in here, `login_directory_refused`. */
export async function openGateway(directory: string | undefined, language: Language): Promise<RemoteGateway> {
  const place = placeOf(directory);
  await openPlace(place);
  const [url, token] = [await readOwn(place, FILES.gateway), await readOwn(place, FILES.token)];
  if (url === undefined || token === undefined) {
    throw new GatewayError('not_authenticated', message(language, 'cli.sign_in'));
  }
  const origin = readOrigin(url.trim());
  const call = async <Output>(
    method: 'GET' | 'POST',
    path: string,
    body: object | undefined,
    schema: z.ZodType<Output>,
  ) => {
    const asked = { method, path, token: token.trim(), ...(body === undefined ? {} : { body }) };
    const { status, json } = await callApi(origin, asked);
    if (status >= 400) throw refused(status, json, language);
    const read = schema.safeParse(json);
    if (!read.success) throw new GatewayError('login_answer_refused', message(language, 'cli.answer', { path }));
    return read.data;
  };
  return {
    ...{ origin, language },
    get: (path, schema) => call('GET', path, undefined, schema),
    post: (path, body, schema) => call('POST', path, body, schema),
  };
}

function refused(status: number, json: unknown, language: Language): Error {
  const code = refusalCode(json);
  if (code === undefined) {
    return new GatewayError('login_answer_refused', message(language, 'cli.status', { status }));
  }
  if (code === 'not_authenticated') return new GatewayError(code, message(language, 'cli.sign_in'));
  const detail = Detail.safeParse(json);
  return new Refused(code, detail.success ? detail.data.detail : '');
}
