/**
 * Loaded into a gateway that is measured, before its program: SIGUSR2 takes the hashing of file contents out, and puts it
 * back. The product has no such switch; this one shows what hashing costs, on one gateway and in one run.
 */
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

const { createHash } = crypto;
const NOTHING = Buffer.alloc(32);
let isOff = false;

const none = {
  update: () => none,
  digest: (encoding) => (encoding === undefined ? NOTHING : NOTHING.toString(encoding)),
};

/** Of the recorder's own hashes, and of every other, none is left out. */
function isOfContents() {
  return /ssh[/\\]files[/\\]content/.test(new Error('who asks').stack ?? '');
}

crypto.createHash = (name, options) => (isOff && isOfContents() ? none : createHash(name, options));
syncBuiltinESMExports();
process.on('SIGUSR2', () => {
  isOff = !isOff;
});
