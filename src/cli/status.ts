/** `status` */
import { viewStatus, type Status } from '../admin/status-view.ts';
import { durationText } from './duration-text.ts';
import { useBridge, type WorkspaceOption } from './use-bridge.ts';

export async function status({
  json,
  workspace,
}: WorkspaceOption & { readonly json?: boolean }): Promise<void> {
  await useBridge(async ({ operators }) => {
    const all = await operators.connections.workspaces();
    const workspaces = workspace === undefined ? all : [await operators.connections.workspace(workspace)];
    const statuses = [];
    for (const slug of workspaces) statuses.push(viewStatus(await operators.status(slug)));
    if (json === true) console.log(JSON.stringify(statuses, undefined, 2));
    else if (statuses.length === 0) console.log('The database knows no workspace yet: run "serve" first.');
    else for (const status of statuses) print(status);
  });
}

function print(status: Status): void {
  const { mode, users, groups, jobs, deliveries, capabilities, credentials, tasks } = status;
  console.log(`workspace   ${status.workspace}`);
  console.log(
    `Mode        ${mode.failing_since === null ? 'answers' : `fails since ${mode.failing_since}: ${mode.reason ?? ''}`}`,
  );
  console.log(
    `last read   members ${mode.members_read_at ?? 'never'}, groups ${mode.groups_read_at ?? 'never'}`,
  );
  if (mode.seat_limit_reached) {
    console.log('seats       none free: the seat limit of the workspace is reached, and invites wait');
  }
  console.log(`users       ${users.total}, ${users.active} active`);
  console.log(`groups      ${groups}`);
  console.log(
    `jobs        ${jobs.waiting} waiting, ${jobs.verifying} to be read back, ${jobs.parked} parked`,
  );
  const { left, urgent, seconds, after_invites: afterInvites } = status.calls;
  if (left > 0 || afterInvites > 0) {
    const first = urgent === 0 ? '' : `, ${urgent} of them to take access away, which go first`;
    const time = seconds === null ? '' : `, about ${durationText(seconds)}`;
    const later = afterInvites === 0 ? '' : `; about ${afterInvites} more when invites are accepted`;
    console.log(`calls left  about ${left} to Mode${first}${time}${later}`);
  }
  console.log(
    `deliveries  ${deliveries.verified} verified, ${deliveries.applied} applied, ${deliveries.pending} pending, ${deliveries.held} held, ${deliveries.blocked} blocked`,
  );
  for (const { name, state, scope } of credentials) {
    console.log(`credential  ${name}: ${state}${scope === null ? '' : `, scope ${scope}`}`);
  }
  for (const { name, state, route, answer, at } of capabilities) {
    const by = route === null ? '' : route === 'task' ? ', a person does it as a task' : ` through ${route}`;
    const when = at === null ? '' : ` (${at})`;
    const said = state === 'refused' && answer !== null ? `: ${answer}` : '';
    console.log(`can         ${name.padEnd(12)}  ${state.replace('_', ' ')}${by}${when}${said}`);
  }
  for (const warning of status.warnings) console.log(`  warning   ${warning}`);
  if (tasks.open > 0) console.log(`tasks       ${tasks.open} for a person to do ("tasks list" has all):`);
  for (const { id, what, link, since } of tasks.oldest) {
    console.log(`  task      ${id}  ${what}  since ${since ?? ''}  ${link}`);
  }
  if (status.holds.open > 0)
    console.log(`holds       ${status.holds.open} wait for a decision ("holds list" has all)`);
  for (const { name, state, idp, pinned, answer_shapes, evidence, warnings } of status.connections) {
    const why = pinned ? 'pinned' : (evidence ?? 'no evidence yet');
    const shapes = answer_shapes.length === 0 ? '' : `, answers ${answer_shapes.join(', ')}`;
    console.log(`connection  ${name}: ${state}, ${idp} (${why})${shapes}`);
    for (const { message, example, count } of warnings) {
      console.log(`  warning   ${message}; ${count} times, e.g. ${example === '' ? '(none)' : example}`);
    }
  }
  for (const {
    label,
    token_id: id,
    position,
    polled_at: at,
    errors,
    last_error: last,
  } of status.event_streams) {
    const refused = errors === 0 ? '' : `; ${errors} in error, last ${last ?? ''}`;
    console.log(
      `events      ${label} (${id}): at ${position} of ${status.position}, polled ${at ?? 'never'}${refused}`,
    );
  }
  const { leavers } = status;
  if (leavers.overdue > 0)
    console.log(
      `leavers     ${leavers.overdue} not verified within ${leavers.objective_minutes} min ("leavers" has all):`,
    );
  for (const { name, asked_at: asked, state, seconds } of leavers.oldest)
    console.log(`  overdue   ${name}: ${state} for ${durationText(seconds)}, since ${asked}`);
  for (const { kind, name, state, reason } of status.troubled)
    console.log(`  ${state.padEnd(8)}  ${kind} ${name}: ${reason}`);
}
