import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ByteReader, formatUuid, GatewayError, newUuid, parseUuid, sshString } from '../../foundation/index.ts';

test('reading strings inverts writing them', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 10 }), (strings) => {
      const reader = new ByteReader(Buffer.concat(strings.map(sshString)));
      expect(strings.map(() => [...reader.sshString()])).toEqual(strings.map((bytes) => [...bytes]));
      expect(reader.remaining).toBe(0);
    }),
  );
});

test('hostile bytes are read to their end or refused, and never past it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const reader = new ByteReader(bytes);
      try {
        while (reader.remaining > 0) reader.sshString();
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(GatewayError);
      }
      expect(reader.offset).toBeLessThanOrEqual(bytes.length);
    }),
  );
});

test('a uuid survives its 16 bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      expect([...parseUuid(formatUuid(bytes))]).toEqual([...bytes]);
    }),
  );
});

test('ids of a later millisecond sort later, and all are version 7 of RFC 9562', () => {
  const moment = fc.date({ min: new Date('2000-01-01'), max: new Date('2200-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(moment, moment, (one, other) => {
      const [first, second] = [newUuid(one), newUuid(other)];
      expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(first).not.toBe(second);
      if (one.getTime() !== other.getTime()) expect(first < second).toBe(one < other);
    }),
  );
});
