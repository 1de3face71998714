import { createRequests } from './by-http.ts';
import { startChromium } from './chromium.ts';
import type { WebBrowserTool } from './tool.ts';

export type { WebBrowserTool } from './tool.ts';

/** Chromium where this machine has one. @param profile a directory of its own. */
export async function findWebBrowser(profile: string): Promise<WebBrowserTool> {
  return (await startChromium(profile)) ?? createRequests();
}
