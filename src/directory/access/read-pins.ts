/** Parses the names that an operator pins for a connection. */
import { BridgeError } from '../../errors.ts';
import { ANSWER_SHAPES, IDP_PROFILES, type AnswerShapeName, type Pins } from './idp-profile.ts';

/** Shapes that contradict each other. */
const OPPOSITES: readonly (readonly [AnswerShapeName, AnswerShapeName])[] = [
  ['always-body', 'never-body'],
  ['core-only', 'full-discovery'],
];

/**
 * @param names at most one IdP, and any compatible answer shapes; `auto` means no pins
 * @throws BridgeError invalid_value for an unknown name, for two IdPs, and for shapes that contradict each other
 */
export function readPins(names: readonly string[]): Pins {
  const wanted = names.filter((name) => name !== 'auto');
  const profiles = IDP_PROFILES.filter((profile) => wanted.includes(profile));
  const shapes = ANSWER_SHAPES.filter((shape) => wanted.includes(shape));
  const known: readonly string[] = [...profiles, ...shapes];
  const unknown = wanted.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new BridgeError(
      'invalid_value',
      `There is no profile "${unknown}". Choose one IdP (${IDP_PROFILES.join(', ')}), ` +
        `answer shapes (${ANSWER_SHAPES.join(', ')}), or auto.`,
    );
  }
  if (profiles.length > 1) {
    throw new BridgeError(
      'invalid_value',
      `A connection belongs to one IdP: pin only one of ${profiles.join(', ')}.`,
    );
  }
  const pair = OPPOSITES.find(([one, other]) => shapes.includes(one) && shapes.includes(other));
  if (pair !== undefined) {
    throw new BridgeError(
      'invalid_value',
      `${pair.join(' and ')} contradict each other: pin only one of them.`,
    );
  }
  return { pinned: profiles[0] ?? null, shapes };
}
