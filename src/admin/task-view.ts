/** Tasks as operators see them. */
import { Type, type Static } from 'typebox';
import { TASK_ACTIONS, type Task } from '../provisioning/plan/task.ts';
import { Instant, instant } from './instant.ts';
import { sentences } from '../provisioning/reason/reason.ts';

export const TaskView = Type.Object({
  id: Type.String(),
  action: Type.Enum(TASK_ACTIONS),
  what: Type.String({ description: 'What a person has to do' }),
  why: Type.String({ description: 'Why the bridge does not do it itself' }),
  link: Type.String({ description: 'Where in Mode it can be done' }),
  subject: Type.Object({ kind: Type.Enum(['user', 'group']), id: Type.String(), name: Type.String() }),
  asked_by: Type.Union([Type.String(), Type.Null()], { description: 'The connection whose IdP wants it' }),
  since: Instant,
  closed_at: Instant,
  closed_by: Type.Union([Type.String(), Type.Null()], {
    description: '"done": a later look at Mode found the step done; "person": closed by hand',
  }),
});
export type TaskView = Static<typeof TaskView>;

export function viewTask({ id, action, what, why, link, subject, name, ...task }: Task): TaskView {
  return {
    id,
    action,
    what: sentences(what) ?? '',
    why,
    link,
    subject: { ...subject, name },
    asked_by: task.askedBy,
    since: instant(task.since),
    closed_at: instant(task.closedAt),
    closed_by: task.closedBy,
  };
}
