import { describeMode } from './suite.ts';

await describeMode('exec-only');
