import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { after, before } from '../../gateway/ssh/guarded-line/editor/buffer.ts';
import { Canvas } from '../../gateway/ssh/guarded-line/editor/canvas.ts';
import { type Key, KeyReader } from '../../gateway/ssh/guarded-line/editor/keys.ts';
import { Screen } from '../support/screen.ts';

const PROMPT = 'chen@db:~$ ';
const line = fc.string({ unit: fc.constantFrom('a', ' ', '日', 'ｱ', 'é', '👍', '\n', 'を'), maxLength: 40 });

/** A text and a place between two of its characters. */
const edited = fc.tuple(line, fc.nat(80)).map(([text, steps]) => {
  let at = 0;
  for (let step = 0; step < steps && at < text.length; step += 1) at = after(text, at);
  return { text, at };
});

test('whatever was drawn before, the screen shows the line as if it were drawn alone, and the cursor in its place', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(edited, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 14, max: 60 }),
      async (states, columns) => {
        const draw = async (all: typeof states): Promise<Screen> => {
          const screen = new Screen(columns);
          const canvas = new Canvas(columns, (bytes) => {
            screen.write(Buffer.from(bytes).toString());
            return Promise.resolve();
          });
          canvas.begin();
          for (const { text, at } of all) canvas.redraw({ prompt: PROMPT, text, at });
          await canvas.flush();
          return screen;
        };
        const shown = await draw(states);
        const alone = await draw(states.slice(-1));
        expect(shown.text).toBe(alone.text);
        expect([shown.row, shown.column]).toEqual([alone.row, alone.column]);
      },
    ),
    { numRuns: 300 },
  );
});

test('a step to the left and one to the right end where they began', () => {
  fc.assert(
    fc.property(edited, ({ text, at }) => {
      if (at > 0) expect(after(text, before(text, at))).toBe(at);
    }),
  );
});

const press = fc.constantFrom(
  '\x1b[A',
  '\x1b[1;5C',
  '\x1bb',
  '\x7f',
  '\t',
  'a',
  '日',
  '👍',
  '\x1b[200~two\nlines\x1b[201~',
  '\r\n',
  '\x03',
);

function keysOf(chunks: readonly Buffer[]): string[] {
  const reader = new KeyReader();
  const keys: Key[] = [];
  for (const chunk of chunks) {
    reader.feed(chunk);
    for (let key = reader.next(); key !== undefined; key = reader.next()) keys.push(key);
  }
  return keys.flatMap((key) =>
    key.kind === 'text' ? Array.from(key.text) : [key.kind === 'name' ? `<${key.name}>` : `<paste ${key.text}>`],
  );
}

test('the keys are the same wherever the bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(press, { maxLength: 16 }), fc.array(fc.nat(200)), (presses, cuts) => {
      const bytes = Buffer.from(presses.join(''));
      const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
      const chunks = places.slice(1).map((place, index) => bytes.subarray(places[index], place));
      expect(keysOf(chunks)).toEqual(keysOf([bytes]));
    }),
  );
});

test('any bytes are keys, or nothing, and never an error', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 8 }), (chunks) => {
      expect(Array.isArray(keysOf(chunks.map((chunk) => Buffer.from(chunk))))).toBe(true);
    }),
  );
});
