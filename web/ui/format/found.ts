/** Where the words of a search stand in a line, [start, end), as far as they stand there as they were written. */
export function foundSpans(text: string, query: string): (readonly [number, number])[] {
  const low = text.toLowerCase();
  const words = [...query.matchAll(/"([^"]*)"|(\S+)/g)]
    .map(([, quoted, plain]) => (quoted ?? plain ?? '').toLowerCase())
    .filter((word) => word !== '');
  const spans: (readonly [number, number])[] = [];
  for (const word of new Set(words)) {
    for (let at = low.indexOf(word); at >= 0; at = low.indexOf(word, at + word.length))
      spans.push([at, at + word.length]);
  }
  return spans;
}
