import { startTestPostgres, TEST_URLS } from './postgres.ts';
import { running } from './running.ts';

/** Starts what all suites share and tells the workers where it is. */
export default async function setUp(): Promise<void> {
  const postgres = await startTestPostgres();
  running.use(postgres);
  process.env[TEST_URLS.admin] = postgres.admin;
  process.env[TEST_URLS.owner] = postgres.owner;
  process.env[TEST_URLS.gateway] = postgres.gateway;
}
