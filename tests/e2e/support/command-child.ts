/** The command `sekisho` from its sources, in a process of its own. */
import { run } from '../../../main/cli.ts';

process.exitCode = await run(process.argv.slice(2));
