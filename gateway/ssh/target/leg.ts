/** One SSH connection of the way to a target, in two steps: the host is known, then somebody signs in. */
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { AnyAuthMethod, NegotiatedAlgorithms, NextAuthHandler } from 'ssh2';
import { asError, type Clock, type Log, type Secret } from '../../../foundation/index.ts';
import type { Target } from '../../../policy/index.ts';
import { Client, type ParsedKey, shareTurns, type SshClient, startRekeying } from '../library/index.ts';
import { unlessAborted } from './deadline.ts';
import { DialFailure, dialFailure, type Place, TimedOut } from './failure.ts';
import { type SecretTries, secretTries } from './secret-tries.ts';
import type { FirstChoices } from './first-choices.ts';
import { type HostVerdict, judgeHost } from './host-identity.ts';
import { ServerHello, whenRead } from './kex-init.ts';
import { algorithmsOf, legacyOf, mismatchOf, type Offer, offerFor } from './offer.ts';
import { IDENT } from '../algorithms.ts';

export interface LegDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** Where it is known what targets put first, their answer to it is not waited for. */
  readonly firstChoices?: FirstChoices;
}

/** A key with its certificate, or secrets of which one opens the account, most likely first. */
export type Credential = ParsedKey | readonly Secret<string>[];

/** A connection whose host is known; nobody is signed in on it yet. */
export interface Leg {
  readonly place: Place;
  readonly client: SshClient;
  /** How the server named itself, for example `SSH-2.0-OpenSSH_9.2p1`. */
  readonly ident: string;
  /** Negotiated algorithms that nobody should use any more. */
  readonly legacy: readonly string[];
  /** Whether the server reads on before it answers: OpenSSH. What follows a sign-in need not wait for it there. */
  readonly readsOn: boolean;
  /**
   * Resolves when the request to sign in is sent. `signedIn` when it was granted; it rejects with a DialFailure
   * `target_sign_in_refused`, `target_unreachable` or `target_timed_out`. @throws {DialFailure} those before it is sent.
   */
  signIn(account: string, credential: Credential, signal: AbortSignal): Promise<{ readonly signedIn: Promise<void> }>;
  close(): void;
}

const READS_ON = /^SSH-2\.0-OpenSSH_[1-9]/;
const KEEPALIVE_MS = 15_000;
const KEEPALIVES_UNANSWERED_MAX = 3;

/**
 * Speaks SSH over `stream` until the host has proven who it is and the keys are agreed on.
 * @throws {DialFailure} `target_host_key_mismatch`, `target_host_certificate_refused`, `target_no_common_algorithm`,
 * `target_unreachable`, `target_timed_out`; the stream is destroyed then.
 */
export async function openLeg(
  deps: LegDeps,
  { target, stream, place, signal }: { target: Target; stream: Duplex; place: Place; signal: AbortSignal },
): Promise<Leg> {
  const client = new Client();
  const hello = new ServerHello();
  const offer = offerFor(target);
  const broken = watchBreaks(deps.log, client);
  const authentication = holdAuthentication();
  let verdict: HostVerdict = { known: true };
  const handshake = new Promise<NegotiatedAlgorithms>((resolve) => client.once('handshake', resolve));
  listenBeside(stream, hello);
  try {
    // Inside: the library throws at once what it cannot offer.
    client.connect({
      sock: stream,
      ident: IDENT,
      username: '', // Each sign-in names its own.
      algorithms: algorithmsOf(offer),
      guess: deps.firstChoices?.agree(target.id, offer) ?? false,
      readyTimeout: 0, // The bound is `signal`.
      keepaliveInterval: KEEPALIVE_MS,
      keepaliveCountMax: KEEPALIVES_UNANSWERED_MAX,
      // The library accepts any host key unless it is asked.
      hostVerifier: (shown: Buffer) => {
        verdict = judgeHost(target, shown, deps.clock);
        return verdict.known;
      },
      authHandler: authentication.handler,
    });
    startRekeying(client);
    const legacy = legacyOf(await unlessAborted(signal, Promise.race([handshake, broken])));
    const readsOn = READS_ON.test(hello.ident ?? '');
    if (readsOn && hello.offer !== undefined) deps.firstChoices?.note(target.id, hello.offer);
    return {
      place,
      client,
      ident: hello.ident ?? '',
      readsOn,
      legacy,
      signIn: (account, credential, until) =>
        signIn({ client, broken, authentication, place }, { account, credential, until }),
      close: () => close(client),
    };
  } catch (thrown) {
    client.destroy();
    stream.destroy();
    throw handshakeFailure(thrown, { verdict, hello, offer, place });
  }
}

/** Rejects at the first error or at the close; permanently heard, for a flaky server causes more than one error. */
function watchBreaks(log: Log, client: SshClient): Promise<never> {
  const broken = new Promise<never>((_, reject) => {
    client.on('error', (error) => {
      log.debug({ event: 'target.error', err: error }, 'target connection');
      reject(error);
    });
    client.once('close', () => reject(new Error('The connection closed.')));
  });
  broken.catch(() => undefined);
  return broken;
}

/** Reads the server's first words, and lets other connections have their turn; both beside the library. */
function listenBeside(stream: Duplex, hello: ServerHello): void {
  whenRead(stream, () => {
    const take = (chunk: Buffer): void => {
      hello.take(chunk);
      if (hello.done) stream.off('data', take);
    };
    stream.on('data', take);
    if (stream instanceof Socket) shareTurns(stream);
  });
}

interface Authentication {
  readonly handler: (left: unknown, partial: unknown, next: NextAuthHandler) => void;
  /** Resolves when the server asks who comes. */
  readonly asked: Promise<NextAuthHandler>;
  /** Methods the server offered after it refused. */
  readonly left: () => string;
  /** From here on asked what to try next, by the methods the server offers after it refused. */
  readonly tryAlso: (next: (left: readonly string[]) => AnyAuthMethod | undefined) => void;
}

/** Holds the library's question who signs in until somebody is there to: the key exchange need not wait for it. */
function holdAuthentication(): Authentication {
  let answer: (next: NextAuthHandler) => void = () => undefined;
  let isAsked = false;
  let left = '';
  let also: (left: readonly string[]) => AnyAuthMethod | undefined = () => undefined;
  const asked = new Promise<NextAuthHandler>((resolve) => {
    answer = resolve;
  });
  return {
    asked,
    left: () => left,
    tryAlso: (next) => {
      also = next;
    },
    handler: (methods, partial, next) => {
      if (isAsked) {
        const offered: readonly string[] = Array.isArray(methods) ? methods : [];
        left = `${partial === true ? 'accepted in part; ' : ''}offered: ${offered.join(',')}`;
        // There is no second try with a certificate: one account, one certificate.
        next((partial === true ? undefined : also(offered)) ?? (false as unknown as AnyAuthMethod));
        return;
      }
      isAsked = true;
      answer(next);
    },
  };
}

interface Asking {
  readonly client: SshClient;
  readonly broken: Promise<never>;
  readonly authentication: Authentication;
  readonly place: Place;
}

async function signIn(
  leg: Asking,
  { account, credential, until }: { account: string; credential: Credential; until: AbortSignal },
): Promise<{ signedIn: Promise<void> }> {
  const { client, broken, authentication } = leg;
  const ready = new Promise<void>((resolve) => client.once('ready', resolve));
  const refused = (thrown: unknown): never => refuseSignIn(leg, account, thrown);
  const next = await unlessAborted(until, Promise.race([authentication.asked, broken])).catch(refused);
  const tries = triesOf(account, credential);
  authentication.tryAlso(tries.also);
  next(tries.first); // Written before it returns.
  const expired = new Promise<never>((_, reject) =>
    client.once('change password', () => reject(new Error('The password has expired.'))),
  );
  const signedIn = unlessAborted(until, Promise.race([ready, broken, expired])).catch(refused);
  signedIn.catch(() => undefined); // Whoever uses the connection is told.
  return { signedIn };
}

function triesOf(account: string, credential: Credential): SecretTries {
  if (!isSecrets(credential)) {
    return { first: { type: 'publickey', username: account, key: credential }, also: () => undefined };
  }
  return secretTries(account, credential);
}

function isSecrets(credential: Credential): credential is readonly Secret<string>[] {
  return Array.isArray(credential);
}

/** @throws {DialFailure} always. */
function refuseSignIn({ client, authentication, place }: Asking, account: string, thrown: unknown): never {
  close(client);
  const error = asError(thrown);
  // A server that has enough of us disconnects with a reason code (RFC 4253 §11.1) in place of a refusal.
  const isRefusal =
    Reflect.get(error, 'level') === 'client-authentication' || Number.isInteger(Reflect.get(error, 'code'));
  if (!isRefusal) throw dialFailure(error, place);
  const detail = `${account}: ${error.message} (${authentication.left()})`;
  throw new DialFailure('target_sign_in_refused', place, { detail, cause: error });
}

function handshakeFailure(
  thrown: unknown,
  { verdict, hello, offer, place }: { verdict: HostVerdict; hello: ServerHello; offer: Offer; place: Place },
): DialFailure {
  if (!verdict.known) return new DialFailure(verdict.code, place, { detail: verdict.detail, cause: thrown });
  const mismatch = hello.offer === undefined ? undefined : mismatchOf(offer, hello.offer);
  if (mismatch !== undefined && !(thrown instanceof TimedOut)) {
    return new DialFailure('target_no_common_algorithm', place, { detail: mismatch, cause: thrown });
  }
  return dialFailure(thrown, place);
}

function close(client: SshClient): void {
  client.end();
  client.destroy();
}
