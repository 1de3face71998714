/** The demonstration: invented people, their sign-in, one real server with invented data. Loaded in demo mode only. */
export { createDemoIdentityProvider } from './identity-provider/listener.ts';
export { demoInventory, SITE } from './inventory.ts';
export { DEMO_PEOPLE } from './people.ts';
export { loadRelayKeys, relayKeyPath } from './relay-keys.ts';
export { type DemoSite, startDemoSite } from './site/server.ts';
export { signInByHttp } from './sign-in.ts';
export { customersDirectoryOf, type DemoTarget, startDemoTarget } from './target/server.ts';
export { findSshClient, type SshClientTool, type SshDestination, type SshRun } from './ssh-client/index.ts';
export { findWebBrowser, type WebBrowserTool } from './web-browser/index.ts';
