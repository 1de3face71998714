/** What each key does to the line, for the keys that do nothing else. Pure. */
import {
  after,
  before,
  blankLeft,
  type EditBuffer,
  insert,
  kill,
  moveTo,
  remove,
  transpose,
  wordLeft,
  wordRight,
} from './buffer.ts';
import type { KeyName } from './keys.ts';

type Edit = (buffer: EditBuffer) => EditBuffer;

export const EDITS: ReadonlyMap<KeyName, Edit> = new Map<KeyName, Edit>([
  ['backspace', (buffer) => remove(buffer, before(buffer.text, buffer.at))],
  ['delete', (buffer) => remove(buffer, after(buffer.text, buffer.at))],
  ['end_of_input', (buffer) => remove(buffer, after(buffer.text, buffer.at))],
  ['left', (buffer) => moveTo(buffer, before(buffer.text, buffer.at))],
  ['right', (buffer) => moveTo(buffer, after(buffer.text, buffer.at))],
  ['home', (buffer) => moveTo(buffer, 0)],
  ['end', (buffer) => moveTo(buffer, buffer.text.length)],
  ['word_left', (buffer) => moveTo(buffer, wordLeft(buffer))],
  ['word_right', (buffer) => moveTo(buffer, wordRight(buffer))],
  ['kill_word_left', (buffer) => kill(buffer, wordLeft(buffer))],
  ['kill_word_right', (buffer) => kill(buffer, wordRight(buffer))],
  ['kill_blank_left', (buffer) => kill(buffer, blankLeft(buffer))],
  ['kill_to_end', (buffer) => kill(buffer, buffer.text.length)],
  ['kill_to_start', (buffer) => kill(buffer, 0)],
  ['yank', (buffer) => insert(buffer, buffer.killed)],
  ['transpose', transpose],
]);
