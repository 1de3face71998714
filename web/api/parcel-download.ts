/** The bytes of a parcel as an answer: one file as it is, several as a zip that stores them as they are. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import { ZipFile } from 'yazl';
import { asError, type Log } from '../../foundation/index.ts';
import type { ParcelDownload } from './deps.ts';

interface Sending {
  readonly response: Response;
  readonly download: ParcelDownload;
  readonly parcel: number;
  readonly log: Log;
}

/** An answer that cannot be finished is torn, so that nobody takes half of it for the whole. */
export async function sendDownload({ response, download, parcel, log }: Sending): Promise<void> {
  const [only, ...others] = download.files;
  const isOne = only !== undefined && others.length === 0;
  response.attachment(isOne ? only.name : `P-${parcel}.zip`);
  // Whatever it is: no browser shows or runs it at this origin.
  response.type(isOne ? 'application/octet-stream' : 'application/zip');
  if (isOne) {
    response.set('content-length', String(only.bytes));
    response.set('repr-digest', `sha-256=:${Buffer.from(only.sha256, 'hex').toString('base64')}:`);
  }
  const bytes = isOne ? Readable.from(download.stream(0), { objectMode: false }) : zipped(download);
  try {
    await pipeline(bytes, response);
  } catch (thrown) {
    log.info({ event: 'http.parcel_torn', parcel, err: asError(thrown) }, 'a parcel was not sent to its end');
    response.destroy();
  }
}

/** One file after the other, as the reader wants them. */
function zipped({ files, sealedAt, stream }: ParcelDownload): Readable {
  const zip = new ZipFile();
  const output = Readable.from(zip.outputStream, { objectMode: false });
  for (const [at, { name }] of files.entries()) {
    zip.addReadStreamLazy(name, { compress: false, mtime: sealedAt }, (given) => {
      const source = Readable.from(stream(at), { objectMode: false });
      source.on('error', (error) => output.destroy(error));
      given(null, source);
    });
  }
  zip.end();
  return output;
}
