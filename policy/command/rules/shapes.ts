/** What words say about a program that no list knows: that they name another host, or an act of sending. */
import type { Word } from '../model.ts';

const SCHEME = /^(-{1,2}[\w-]+=)?(?!file:)[a-z][a-z0-9+.-]*:\/\//i;
/** `user@host`, `host:path`, `host:port`, and `remote:` of the tools that keep a list of places. */
const PLACE =
  /^([\w.-]+@[\w.-]+(:.*)?|[A-Za-z][\w.-]*\.[A-Za-z]{2,}:\S*|[A-Za-z][\w-]*:[\w./~-]*|\d{1,3}(\.\d{1,3}){3}(:\S*)?)$/;

/** Whether a word names a place on another host. */
export function isRemote({ text }: Word): boolean {
  return SCHEME.test(text) || (PLACE.test(text) && !/^\d+(:\d+)*$/.test(text));
}

const VERBS =
  /^(upload([-_]\w+)?|send([-_]\w+)?|put|push|publish|share|export|dump|backup|snapshot|sync|replicate|mirror|transfer|paste|post|expose|tunnel|forward|proxy|listen|serve)$/i;
const OPTIONS =
  /^--?(upload|send|post|put|push|attach|share|export|dump|remote|dest(ination)?|to|host|server|webhook|recipient|bucket)([-_=].*)?$/i;

/** Whether a word says that something is sent, shared, dumped or served. */
export function isSendingVerb({ text }: Word): boolean {
  return VERBS.test(text) || OPTIONS.test(text);
}
