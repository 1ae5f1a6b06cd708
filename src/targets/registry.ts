/** All types of targets that a workspace can have. */
import { openModeTarget } from './mode/mode-target.ts';

export const targets = { mode: openModeTarget } as const;
