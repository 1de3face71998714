import { chmod, open } from 'node:fs/promises';

/** Changes the lowest bit of one byte, as somebody would who owns the file: sealed files are read-only, even to them. */
export async function flipByte(path: string, at: number): Promise<void> {
  await chmod(path, 0o600);
  const file = await open(path, 'r+');
  try {
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at);
    buffer.writeUInt8(buffer.readUInt8(0) ^ 1);
    await file.write(buffer, 0, 1, at);
  } finally {
    await file.close();
  }
}
