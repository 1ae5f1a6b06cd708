/** All types of targets that a workspace can have, each with its name for people. */
import { MODE, openModeTarget } from './mode/mode-target.ts';

export const targets = { mode: { label: MODE, open: openModeTarget } } as const;
