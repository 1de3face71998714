/** `sekisho keys rotate`: a new identity of the console for new recordings; the earlier ones go on opening old ones. */
import { createIdentity, loadIdentities, nodeFiles, replaceFile } from '../../recorder/index.ts';

/** @returns the new recipient. @throws {GatewayError} `start_refused` when the file cannot be used. */
export async function rotateIdentity(path: string): Promise<string> {
  const earlier = await loadIdentities(path);
  const { identity, recipient } = await createIdentity();
  const lines = [`# public key: ${recipient}`, identity, '# earlier, for what was sealed then:', ...earlier];
  await replaceFile(nodeFiles, path, Buffer.from(`${lines.join('\n')}\n`));
  return recipient;
}
