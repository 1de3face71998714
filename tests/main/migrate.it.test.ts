import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { one, sql } from '../../foundation/index.ts';
import { checkDatabaseRole } from '../../main/migrate.ts';
import { freshDatabase } from '../support/database.ts';

describe('the migrated schema', () => {
  test('is what the gateway role may work with', async () => {
    await using db = await freshDatabase();
    await checkDatabaseRole(db.database);
    const row = await one(db.database, sql(z.object({ who: z.string() }))`SELECT current_user AS who`);
    expect(row.who).toBe('sekisho_app');
  });
});
