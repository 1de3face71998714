export type { SitesConfig } from './sites.ts';
export { type Config, type ConfigPlaces, type IdentityProviderConfig, parseConfig } from './config.ts';
export { loadConfig, type LoadOptions, workerEnvironment } from './load.ts';
export { type ConfigFile, ConfigSchema } from './schema.ts';
