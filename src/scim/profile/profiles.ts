/**
 * Watches the traffic of each connection: which IdP it looks like, and what looks wrong about its set-up. Nothing here
 * holds a request up: what was seen is written down beside it, and a failure to do so is only logged.
 */
import type { FastifyBaseLogger } from 'fastify';
import type { Clock } from '../../clock.ts';
import type { Connection } from '../../directory/access/connection.ts';
import type { IdpProfile, IdpProfileStore, Pins, WarningCode } from '../../directory/access/idp-profile.ts';
import { nearMissRole } from '../codec/read-roles.ts';
import { answerShape, type AnswerShape } from './answer-shapes.ts';
import { hintsOf, type Traffic } from './detect-profile.ts';
import { invalidActive } from './invalid-active.ts';

/** How long what is pinned is taken from memory: another process may pin something else. */
const PINNED_MS = 1_000;
/** How often the count of a warning is written. */
const COUNT_MS = 10_000;
/** What is known of an IdP by one request that others send too is no guess yet. */
const MIN_SCORE = 6;
const MAX_EXAMPLE_LENGTH = 200;
/** Attributes named in one example. */
const MAX_NAMED = 5;
const NO_PINS: Pins = { pinned: null, shapes: [] };

/** What a write said of a person. */
interface Person {
  readonly userName: string;
  readonly email: string | null;
  readonly admin: boolean | null;
  readonly document: string;
}

export interface Profiles {
  /** A request that came with a valid token. */
  saw(connection: Connection, traffic: Traffic & { readonly scheme: boolean }): void;
  sawUser(connection: Connection, person: Person): void;
  /**
   * Before any request is answered: what an operator has pinned must count, and warnings that wait are written.
   * @returns undefined when what is pinned is known
   */
  ready(connection: Connection): Promise<void> | undefined;
  /** A request that deactivated the person, and the attributes in it that could not be applied. */
  sawLeftOut(connection: Connection, person: Pick<Person, 'userName'>, attributes: readonly string[]): void;
  shape(connection: Connection): AnswerShape;
}

interface Seen {
  readonly scores: Map<IdpProfile, number>;
  readonly once: Set<string>;
  readonly untold: Map<WarningCode, { example: string; times: number; toldAt: number }>;
  detected: IdpProfile;
  pins: Pins;
  readAt: number;
  /** The read that is under way. */
  reading?: Promise<void> | undefined;
}

export function createProfiles(store: IdpProfileStore, clock: Clock, log: FastifyBaseLogger): Profiles {
  const connections = new Map<string, Seen>();

  function seenOf({ id }: Connection): Seen {
    const seen = connections.get(id) ?? {
      scores: new Map<IdpProfile, number>(),
      once: new Set<string>(),
      untold: new Map(),
      detected: 'generic' as IdpProfile,
      pins: NO_PINS,
      readAt: -Infinity,
    };
    connections.set(id, seen);
    return seen;
  }

  async function read({ id }: Connection, seen: Seen): Promise<void> {
    try {
      const known = await store.profile(id);
      seen.pins = known === undefined ? NO_PINS : { pinned: known.pinned, shapes: known.shapes };
      if (seen.scores.size === 0) seen.detected = known?.detected ?? 'generic';
    } catch (error) {
      // The request does not fail for it: what was known last counts.
      log.warn({ err: error }, 'the profile of the IdP could not be read');
    }
  }

  function aside(work: () => Promise<void>): void {
    work().catch((error: unknown) => {
      log.warn({ err: error }, 'what was seen of the IdP could not be written down');
    });
  }

  function warn(connection: Connection, code: WarningCode, example: string): void {
    const { untold } = seenOf(connection);
    const waiting = untold.get(code) ?? { example: '', times: 0, toldAt: -Infinity };
    waiting.example = example.slice(0, MAX_EXAMPLE_LENGTH);
    waiting.times += 1;
    untold.set(code, waiting);
    writeWarnings(connection);
  }

  /** Writes what was counted, unless the same warning was written a moment ago: then a later request writes it. */
  function writeWarnings(connection: Connection): void {
    const { untold } = seenOf(connection);
    const now = clock.monotonic();
    for (const [code, waiting] of untold) {
      const { example, times, toldAt } = waiting;
      if (times === 0 || now - toldAt < COUNT_MS) continue;
      waiting.times = 0;
      waiting.toldAt = now;
      log.warn({ connection: connection.id, warning: code }, 'the IdP looks misconfigured');
      aside(() => store.addWarning(connection.id, { code, example, times }, clock.now()));
    }
  }

  function detect(connection: Connection, traffic: Traffic): void {
    const hints = hintsOf(traffic);
    if (hints.length === 0) return;
    const seen = seenOf(connection);
    for (const { profile, weight, once } of hints) {
      if (once !== undefined && seen.once.has(once)) continue;
      if (once !== undefined) seen.once.add(once);
      seen.scores.set(profile, (seen.scores.get(profile) ?? 0) + weight);
    }
    if (seen.scores.has('entra') && seen.scores.has('entra-flag')) {
      warn(connection, 'both_dialects', hints[0]?.evidence ?? '');
    }
    const [best] = [...seen.scores].sort(([, a], [, b]) => b - a);
    if (best === undefined || best[1] < MIN_SCORE) return;
    const [found] = best;
    if (found === seen.detected) return;
    seen.detected = found;
    const { evidence = '' } = hints.find((hint) => hint.profile === found) ?? {};
    aside(() => store.saveDetected(connection.id, found, evidence, clock.now()));
  }

  return {
    ready: (connection) => {
      writeWarnings(connection);
      const seen = seenOf(connection);
      const now = clock.monotonic();
      if (now - seen.readAt < PINNED_MS) return seen.reading;
      seen.readAt = now;
      seen.reading = read(connection, seen).finally(() => {
        seen.reading = undefined;
      });
      return seen.reading;
    },

    saw: (connection, traffic) => {
      if (!traffic.scheme) warn(connection, 'token_without_scheme', traffic.userAgent ?? '');
      const active = invalidActive(traffic.body);
      if (active !== undefined) warn(connection, 'active_not_boolean', active);
      detect(connection, traffic);
    },

    sawUser: (connection, { userName, email, admin, document }) => {
      if (email === null) warn(connection, 'username_not_address', userName);
      if (admin === true || !/admin/i.test(document)) return;
      const role = nearMissRole(JSON.parse(document) as Parameters<typeof nearMissRole>[0]);
      if (role !== undefined) warn(connection, 'role_near_miss', `${role} (${userName})`);
    },

    sawLeftOut: (connection, { userName }, attributes) => {
      warn(connection, 'deactivated_in_part', `${userName}: ${attributes.slice(0, MAX_NAMED).join(', ')}`);
    },

    shape: (connection) => {
      const { pins, detected } = seenOf(connection);
      return answerShape(pins.pinned ?? detected, pins.shapes);
    },
  };
}
