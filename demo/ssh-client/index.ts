import { builtInClient } from './built-in.ts';
import { isOpenSshHere, openSshClient } from './openssh.ts';
import type { SshClientTool } from './tool.ts';

export type { SshClientTool, SshDestination, SshRun } from './tool.ts';

export async function findSshClient(): Promise<SshClientTool> {
  return (await isOpenSshHere()) ? openSshClient : builtInClient;
}
