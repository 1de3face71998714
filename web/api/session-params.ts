import { z } from 'zod';
import { sessionId } from './request.ts';

export const SessionParams = z.strictObject({ id: sessionId });
