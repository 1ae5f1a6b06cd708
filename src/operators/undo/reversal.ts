/** What an undo sets back, and what it leaves. */
import type { Subject } from '../../directory/subject.ts';
import type { NotUndone } from './not-undone.ts';
import type { Restored } from './restored.ts';

export interface Reversal {
  readonly restored: readonly Restored[];
  readonly notUndone: readonly NotUndone[];
}

/** Whether the connection owns the user or group, deleted ones too. */
export type IsOwn = (subject: Subject) => boolean;
