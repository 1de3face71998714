/** `sekisho ARGUMENTS` from the sources, as a process of its own. */
import { run } from '../../main/cli.ts';

process.exitCode = await run(process.argv.slice(2));
