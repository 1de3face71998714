/**
 * Real programs share two cores with everything else that runs, and some of their own races show only then. A test that
 * fails is told in full and tried once more; one that fails twice has failed.
 */
import { jest } from '@jest/globals';

jest.retryTimes(1, { logErrorsBeforeRetry: true });
