/** `node --import …/register.mjs file.ts`: lets a child process of a test run our sources as they lie. */
import { register } from 'node:module';

register('./hooks.mjs', import.meta.url);
