/** Reads when people were last active on the target, and writes down what is new. */
import type { Activity } from '../../provisioning/model/activity.ts';
import { mergeActivity, type MergedActivity } from '../../provisioning/observe/merge-activity.ts';
import type { WorkContext } from '../work-context.ts';

/** Rows written at once: with many people nearly all of them are new every day. */
const ROWS_AT_ONCE = 1_000;

/** @throws TargetError when the target does not say; nothing is written then */
export async function refreshActivity(context: WorkContext): Promise<void> {
  await write(context, mergeActivity(await known(context), await context.target.readActivity()));
}

/** The feed does not show what is not read any more. */
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
