/** Where clients want different answers (facts: idp-behaviour.md section 8), what each profile gets. */
import type { IdpProfile } from '../../directory/idp-profile.ts';

export interface AnswerShape {
  /** The status of a PATCH that succeeded: 200 has the resource, 204 has nothing. */
  readonly patchedUser: 200 | 204;
  readonly patchedGroup: 200 | 204;
  /** Whether resources have the extension that tells what is known of them on Mode. */
  readonly onMode: boolean;
}

/** Okta and Entra take either for people and document 204 for groups; some clients parse what a user PATCH says. */
const USUAL: AnswerShape = { patchedUser: 200, patchedGroup: 204, onMode: true };

const SHAPES: Partial<Record<IdpProfile, AnswerShape>> = {
  'always-body': { ...USUAL, patchedGroup: 200 },
  'never-body': { ...USUAL, patchedUser: 204 },
  // For clients that compare `schemas` with what they sent.
  'core-only': { ...USUAL, onMode: false },
};

export function answerShape(profile: IdpProfile): AnswerShape {
  return SHAPES[profile] ?? USUAL;
}
