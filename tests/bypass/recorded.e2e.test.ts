import { describeMode } from './suite.ts';

await describeMode('recorded');
