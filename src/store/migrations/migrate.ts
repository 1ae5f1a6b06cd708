/** Migrates a database to this version: each migration once, in order, in one transaction. */
import { Migrator, type Migration } from 'kysely/migration';
import { BridgeError } from '../../errors.ts';
import type { Engine } from '../engine/engine.ts';
import { firstTables } from './0001-first-tables.ts';
import { search } from './0002-search.ts';
import { idpProfileTables } from './0003-idp-profiles.ts';
import { capabilityTables } from './0004-capabilities.ts';
import { taskTables } from './0005-tasks.ts';
import { drive } from './0006-drive.ts';
import { feedTables } from './0007-feed.ts';
import { eventTables } from './0008-events.ts';
import { defaultAccess } from './0009-default-access.ts';
import { feedVersion } from './0010-feed-version.ts';
import { matching } from './0011-matching.ts';
import { urgentJobs } from './0012-urgent-jobs.ts';
import { nameKeys } from './0013-name-keys.ts';
import { reasons } from './0014-reasons.ts';
import { workspaceTokens } from './0015-workspace-tokens.ts';
import { oneAddressIndex } from './0016-one-address-index.ts';
import { removalTables } from './0017-removals.ts';
import { planTables } from './0018-plans.ts';
import { requestTables } from './0019-requests.ts';
import { withdrawals } from './0020-withdrawals.ts';
import { leavers } from './0021-leavers.ts';
import { auditTables } from './0022-audit.ts';
import { noticeTables } from './0023-notices.ts';
import { historyIndexes } from './0024-history.ts';
import { undoPlans } from './0025-undo-plans.ts';
import { requestBatches } from './0026-request-batches.ts';
import { tokenExpiry } from './0029-token-expiry.ts';

/** @returns the names of the migrations that were applied now. @throws BridgeError unavailable */
export async function migrate(engine: Engine): Promise<readonly string[]> {
  const migrations: Record<string, Migration> = {
    '0001-first-tables': firstTables(engine.name),
    '0002-search': search(engine.name),
    '0003-idp-profiles': idpProfileTables,
    '0004-capabilities': capabilityTables,
    '0005-tasks': taskTables,
    '0006-drive': drive,
    '0007-feed': feedTables(engine.name),
    '0008-events': eventTables,
    '0009-default-access': defaultAccess(engine.name),
    '0010-feed-version': feedVersion(engine.name),
    '0011-matching': matching,
    '0012-urgent-jobs': urgentJobs,
    '0013-name-keys': nameKeys(engine.name),
    '0014-reasons': reasons(engine.name),
    '0015-workspace-tokens': workspaceTokens,
    '0016-one-address-index': oneAddressIndex,
    '0017-removals': removalTables,
    '0018-plans': planTables,
    '0019-requests': requestTables(engine.name),
    '0020-withdrawals': withdrawals,
    '0021-leavers': leavers,
    '0022-audit': auditTables,
    '0023-notices': noticeTables,
    '0024-history': historyIndexes(engine.name),
    '0025-undo-plans': undoPlans,
    '0026-request-batches': requestBatches,
    '0029-token-expiry': tokenExpiry,
  };
  const migrator = new Migrator({
    db: engine.db,
    provider: { getMigrations: () => Promise.resolve(migrations) },
  });
  const { error, results = [] } = await migrator.migrateToLatest();
  // A database that cannot be reached has its own error, whose cause is the error of the operating system.
  if (error instanceof BridgeError) throw error;
  if (error !== undefined) {
    throw new BridgeError(
      'unavailable',
      'The database could not be brought to this version; it is as it was.',
      { cause: error },
    );
  }
  return results.map((result) => result.migrationName);
}
