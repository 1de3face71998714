import { describeMode } from './suite.ts';

await describeMode('guarded-line');
