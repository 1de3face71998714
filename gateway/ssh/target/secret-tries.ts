/** Signing in with what is kept for an account: by `password`, and where that is closed by `keyboard-interactive`. */
import type { AnyAuthMethod } from 'ssh2';
import { invariant, type Secret } from '../../../foundation/index.ts';

export interface SecretTries {
  readonly first: AnyAuthMethod;
  /** What to try after a refusal, by the methods the server still offers; undefined: nothing is left. */
  readonly also: (left: readonly string[]) => AnyAuthMethod | undefined;
}

/** Each secret once; a server that offers only questions (RFC 4256) is given it as the answer to one hidden question. */
export function secretTries(username: string, [first, ...more]: readonly Secret<string>[]): SecretTries {
  invariant(first, 'there is a secret to try');
  const byPassword = (secret: Secret<string>): AnyAuthMethod => ({
    type: 'password',
    username,
    password: secret.expose(),
  });
  const waiting = [...more];
  let asked: Secret<string>[] | undefined;
  return {
    first: byPassword(first),
    also: (left) => {
      if (asked === undefined && left.includes('password')) {
        const next = waiting.shift();
        return next === undefined ? undefined : byPassword(next);
      }
      if (!left.includes('keyboard-interactive')) return undefined;
      asked ??= [first, ...more];
      const next = asked.shift();
      return next === undefined ? undefined : byAnswer(username, next);
    },
  };
}

/** One hidden question is the password's; to anything else, such as an echoed one, nothing of it is said. */
function byAnswer(username: string, secret: Secret<string>): AnyAuthMethod {
  let told = false;
  return {
    type: 'keyboard-interactive',
    username,
    prompt: (...[, , , prompts, finish]) => {
      const [only, ...others] = prompts;
      const isPassword = only !== undefined && others.length === 0 && only.echo !== true && !told;
      if (isPassword) told = true;
      finish(isPassword ? [secret.expose()] : prompts.map(() => ''));
    },
  };
}
