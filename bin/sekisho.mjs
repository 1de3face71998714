#!/usr/bin/env node
/** The command. Builds what is stale first, so that a fresh clone starts with `npm ci` and nothing else. */
import { existsSync } from 'node:fs';

const scripts = new URL('../scripts/build.mjs', import.meta.url);
try {
  // An image carries dist/ alone.
  if (existsSync(scripts) && existsSync(new URL('../tsconfig.build.json', import.meta.url))) {
    const { build } = await import(scripts.href);
    await build();
  }
  const { run } = await import(new URL('../dist/main/cli.js', import.meta.url).href);
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`sekisho: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
