/** Names and words that a client chose, made fit to be shown and to be stored. Pure. */

/** Control, format (bidirectional), private-use, unpaired-surrogate and line-separator characters. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;
const SHOWN_CHARACTERS_MAX = 200;
const STORED_CHARACTERS_MAX = 1_024;

/** For a terminal: nothing in it moves the cursor, reorders the text around it or fills the screen. */
export function shown(text: string, charactersMax = SHOWN_CHARACTERS_MAX): string {
  return cut(text, charactersMax).replace(UNPRINTABLE, '\uFFFD');
}

/**
 * For the audit events: what cannot be printed is spelled `\u{202e}`, so that it is evidence and does nothing. A NUL
 * would make the database refuse the event, and then the refusal it tells of would leave no trace.
 */
export function stored(text: string): string {
  return cut(text, STORED_CHARACTERS_MAX)
    .replaceAll('\\', '\\\\')
    .replace(UNPRINTABLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** By whole characters: half a surrogate pair is no text. */
function cut(text: string, charactersMax: number): string {
  if (text.length <= charactersMax) return text;
  const last = text.charCodeAt(charactersMax - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, splitsPair ? charactersMax - 1 : charactersMax);
}
