/** Reads when people were last active on the target, and stores the changes. */
import type { Activity } from '../../provisioning/model/activity.ts';
import { mergeActivity, type MergedActivity } from '../../provisioning/observe/merge-activity.ts';
import type { WorkContext } from '../work-context.ts';

/** Rows written at once. With many people, nearly all rows change every day. */
const ROWS_AT_ONCE = 1_000;

/** @throws TargetError when the read fails; nothing is written then */
export async function refreshActivity(context: WorkContext): Promise<void> {
  await write(context, mergeActivity(await known(context), await context.target.readActivity()));
}

/** Deletes the stored activity when it is no longer read. */
export async function forgetActivity(context: WorkContext): Promise<void> {
  await write(context, { upsert: [], remove: (await known(context)).map((row) => row.accountId) });
}

function known({ store, workspace }: WorkContext): Promise<readonly Activity[]> {
  return store.activity(workspace);
}

async function write(
  { workspace, store, clock }: WorkContext,
  { upsert, remove }: MergedActivity,
): Promise<void> {
  const record = (activity: MergedActivity) => store.record({ workspace, at: clock.now(), activity });
  if (remove.length > 0) await record({ upsert: [], remove });
  for (let from = 0; from < upsert.length; from += ROWS_AT_ONCE) {
    await record({ upsert: upsert.slice(from, from + ROWS_AT_ONCE), remove: [] });
  }
}
