import { type MessageKey, message } from '../../../messages/index.ts';
import type { Locale } from '../../../policy/index.ts';
import type { KeyboardAuthContext } from '../library/index.ts';

export function wordLine(locale: Locale, key: MessageKey, code: string): string {
  return message(locale, 'line', { text: message(locale, key), code });
}

/** Both languages, one after the other: nobody is known yet, so nobody's language is. */
export function inBoth(words: (locale: Locale) => string): string {
  return `${words('en')}\n${words('ja')}\n`;
}

/**
 * Shows a text without a prompt: the client prints it, answers at once with nothing, and the person presses no key.
 * A client that is gone answers nothing, so `gone` ends the wait.
 */
export function show(context: KeyboardAuthContext, text: string, gone: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (gone.aborted) {
      resolve();
      return;
    }
    gone.addEventListener('abort', () => resolve(), { once: true });
    context.prompt([], message('en', 'sign_in.title'), text, () => resolve());
  });
}

/** Asks for one line that is not shown while it is typed; undefined when the client is gone. */
export function ask(
  context: KeyboardAuthContext,
  { text, prompt }: { text: string; prompt: string },
  gone: AbortSignal,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    if (gone.aborted) {
      resolve(undefined);
      return;
    }
    gone.addEventListener('abort', () => resolve(undefined), { once: true });
    context.prompt([{ prompt, echo: false }], message('en', 'sign_in.title'), text, (answers) => {
      resolve(answers[0] ?? '');
    });
  });
}
