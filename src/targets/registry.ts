/** Every kind of target that a workspace can have. A new vendor is one folder and one line. */
import { openModeTarget } from './mode/mode-target.ts';

export const targets = { mode: openModeTarget } as const;
