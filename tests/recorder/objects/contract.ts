/** What every object store owes the recorder, whatever keeps its bytes. */
import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { hashOf, type ObjectStore } from '../../../recorder/objects/store.ts';

export function newObject(bytes = 300): { id: string; parts: Buffer[]; whole: Buffer } {
  const whole = randomBytes(bytes);
  return { id: hashOf(whole), parts: [whole.subarray(0, 7), whole.subarray(7)], whole };
}

/** `open` gives a store of its own, which the caller closes. */
export function objectStoreContract(open: () => Promise<ObjectStore>): void {
  test('an id that is no hash is refused: it would be a path', async () => {
    const store = await open();
    for (const id of ['../../keys/log', 'ab', '', 'A'.repeat(64), `${'a'.repeat(63)}/`]) {
      await expect(store.put([Buffer.from('x')], id)).rejects.toMatchObject({ code: 'recording_corrupt' });
      await expect(store.get(id)).rejects.toMatchObject({ code: 'recording_corrupt' });
      await expect(store.has(id)).rejects.toMatchObject({ code: 'recording_corrupt' });
    }
  });

  test('what was never put is not there', async () => {
    const store = await open();
    const { id } = newObject();
    expect(await store.get(id)).toBeUndefined();
    expect(await store.has(id)).toBe(false);
    expect(await collect(store.list())).toEqual([]);
  });

  test('what was put is there, byte for byte, in one piece', async () => {
    const store = await open();
    const { id, parts, whole } = newObject();
    await store.put(parts, id);
    expect(await store.get(id)).toEqual(whole);
    expect(await store.has(id)).toBe(true);
  });

  test('a megabyte of many parts is there, and so is an object of one byte', async () => {
    const store = await open();
    const large = newObject(1024 * 1024 + 3);
    const many = Array.from({ length: 1_100 }, (_, at) => large.whole.subarray(at * 1_000, (at + 1) * 1_000));
    await store.put(many, large.id);
    const small = newObject(1);
    await store.put([small.whole], small.id);
    expect((await store.get(large.id))?.equals(large.whole)).toBe(true);
    expect(await store.get(small.id)).toEqual(small.whole);
  });

  test('the same object put twice, also at once, is no error and stands once', async () => {
    const store = await open();
    const { id, parts, whole } = newObject();
    await Promise.all([store.put(parts, id), store.put(parts, id)]);
    await store.put([whole], id);
    expect(await collect(store.list())).toEqual([{ id, bytes: whole.length }]);
  });

  test('every object is listed once, with its size', async () => {
    const store = await open();
    const objects = [1, 2, 300, 4_000].map((bytes) => newObject(bytes));
    for (const { id, parts } of objects) await store.put(parts, id);
    const listed = (await collect(store.list())).sort((one, other) => one.bytes - other.bytes);
    expect(listed).toEqual(objects.map(({ id, whole }) => ({ id, bytes: whole.length })));
  });

  test('a session may begin while there is room', async () => {
    await expect((await open()).admit()).resolves.toBeUndefined();
  });
}

export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
