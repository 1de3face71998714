/** Bytes over time in a bounded number of equal parts, whatever the length turns out to be. */
const PARTS_MAX = 400;
const FIRST_WIDTH_MILLIS = 250;

export interface Density {
  readonly widthMillis: number;
  readonly bytes: number[];
}

export function createDensity() {
  let widthMillis = FIRST_WIDTH_MILLIS;
  let bytes: number[] = [];
  return {
    add(at: number, count: number): void {
      while (at >= widthMillis * PARTS_MAX) {
        widthMillis *= 2;
        bytes = Array.from(
          { length: Math.ceil(bytes.length / 2) },
          (_, part) => (bytes[part * 2] ?? 0) + (bytes[part * 2 + 1] ?? 0),
        );
      }
      const part = Math.floor(at / widthMillis);
      while (bytes.length <= part) bytes.push(0);
      bytes[part] = (bytes[part] ?? 0) + count;
    },
    get result(): Density {
      return { widthMillis, bytes };
    },
  };
}
