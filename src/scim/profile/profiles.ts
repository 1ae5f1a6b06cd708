/**
 * Observes the traffic of each connection, to detect the IdP and mistakes in its configuration. This never delays a
 * request: results are stored in the background, and a failure to store them is only logged.
 */
import type { FastifyBaseLogger } from 'fastify';
import type { Clock } from '../../clock.ts';
import type { Connection } from '../../directory/access/connection.ts';
import type { IdpProfile, IdpProfileStore, Pins, WarningCode } from '../../directory/access/idp-profile.ts';
import { nearMissRole } from '../codec/read-roles.ts';
import { answerShape, type AnswerShape } from './answer-shapes.ts';
import { hintsOf, type ObservedRequest } from './detect-profile.ts';
import { invalidActive } from './invalid-active.ts';

/** How long pins are cached: another process may change them. */
const PINNED_MS = 1_000;
/** The minimum time between two writes of the same warning. */
const COUNT_MS = 10_000;
/** The minimum score to name an IdP. One request that other IdPs send too is not enough. */
const MIN_SCORE = 6;
const MAX_EXAMPLE_LENGTH = 200;
/** Attributes listed in one example. */
const MAX_NAMED = 5;
const NO_PINS: Pins = { pinned: null, shapes: [] };

/** The attributes of a written user that warnings are about. */
interface ObservedUser {
  readonly userName: string;
  readonly email: string | null;
  readonly admin: boolean | null;
  readonly document: string;
}

export interface Profiles {
  /** Observes a request that came with a valid token. */
  observe(connection: Connection, traffic: ObservedRequest & { readonly scheme: boolean }): void;
  observeUser(connection: Connection, user: ObservedUser): void;
  /**
   * Called before a request is handled. Loads the operator's pins, and stores the warnings that are due.
   * @returns undefined when the pins are loaded already
   */
  ready(connection: Connection): Promise<void> | undefined;
  /** Observes a request that deactivated the user, and the attributes in it that could not be applied. */
  observeLeftOut(
    connection: Connection,
    user: Pick<ObservedUser, 'userName'>,
    attributes: readonly string[],
  ): void;
  /** @param connection undefined for a client that is not an IdP: nothing is pinned for it */
  shape(connection: Connection | undefined): AnswerShape;
  /** Which IdP the connection belongs to: as pinned, else as detected so far. */
  profileOf(connection: Connection): IdpProfile;
  /** Stores everything that waits to be stored. For a bridge that stops. Never rejects. */
  flush(): Promise<void>;
}

/** What is known about the traffic of one connection. Times are monotonic milliseconds. */
interface Observed {
  readonly connection: Connection;
  readonly scores: Map<IdpProfile, number>;
  /** Names of hints that count only once. */
  readonly once: Set<string>;
  readonly warnings: Map<WarningCode, { example: string; times: number; writtenAt: number }>;
  detected: IdpProfile;
  pins: Pins;
  readAt: number;
  /** The read of the pins that is in progress. */
  pinsRead?: Promise<void> | undefined;
}

export function createProfiles(store: IdpProfileStore, clock: Clock, log: FastifyBaseLogger): Profiles {
  const connections = new Map<string, Observed>();
  /** Writes in progress. */
  const writes = new Set<Promise<void>>();

  function observedOf(connection: Connection): Observed {
    const { id } = connection;
    const observed = connections.get(id) ?? {
      connection,
      scores: new Map<IdpProfile, number>(),
      once: new Set<string>(),
      warnings: new Map(),
      detected: 'generic' as IdpProfile,
      pins: NO_PINS,
      readAt: -Infinity,
    };
    connections.set(id, observed);
    return observed;
  }

  function profileOf(connection: Connection): IdpProfile {
    const { pins, detected } = observedOf(connection);
    return pins.pinned ?? detected;
  }

  async function readPins({ id }: Connection, observed: Observed): Promise<void> {
    try {
      const known = await store.profile(id);
      observed.pins = known === undefined ? NO_PINS : { pinned: known.pinned, shapes: known.shapes };
      if (observed.scores.size === 0) observed.detected = known?.detected ?? 'generic';
    } catch (error) {
      // The request continues with the pins that were read last.
      log.warn({ err: error }, 'could not read the IdP profile');
    }
  }

  function inBackground(work: () => Promise<void>): void {
    const write = work()
      .catch((error: unknown) => {
        log.warn({ err: error }, 'could not store the IdP profile');
      })
      .finally(() => writes.delete(write));
    writes.add(write);
  }

  function warn(connection: Connection, code: WarningCode, example: string): void {
    const { warnings } = observedOf(connection);
    const warning = warnings.get(code) ?? { example: '', times: 0, writtenAt: -Infinity };
    warning.example = example.slice(0, MAX_EXAMPLE_LENGTH);
    warning.times += 1;
    warnings.set(code, warning);
    writeWarnings(connection);
  }

  /** Stores the counts of warnings. A warning that was stored a moment ago is stored later: by a request, or by `flush`. */
  function writeWarnings(connection: Connection, minimumMs = COUNT_MS): void {
    const { warnings } = observedOf(connection);
    const now = clock.monotonic();
    for (const [code, warning] of warnings) {
      const { example, times, writtenAt } = warning;
      if (times === 0 || now - writtenAt < minimumMs) continue;
      warning.times = 0;
      warning.writtenAt = now;
      log.warn({ connection: connection.id, warning: code }, 'the IdP looks misconfigured');
      inBackground(async () => {
        try {
          await store.addWarning(connection.id, { code, example, times }, clock.now());
        } catch (error) {
          // They are counted again with the next write.
          warning.times += times;
          throw error;
        }
      });
    }
  }

  function detect(connection: Connection, traffic: ObservedRequest): void {
    const hints = hintsOf(traffic);
    if (hints.length === 0) return;
    const observed = observedOf(connection);
    for (const { profile, weight, once } of hints) {
      if (once !== undefined && observed.once.has(once)) continue;
      if (once !== undefined) observed.once.add(once);
      observed.scores.set(profile, (observed.scores.get(profile) ?? 0) + weight);
    }
    if (observed.scores.has('entra') && observed.scores.has('entra-flag')) {
      warn(connection, 'both_dialects', hints[0]?.evidence ?? '');
    }
    const [best] = [...observed.scores].sort(([, a], [, b]) => b - a);
    if (best === undefined || best[1] < MIN_SCORE) return;
    const [found] = best;
    if (found === observed.detected) return;
    observed.detected = found;
    const { evidence = '' } = hints.find((hint) => hint.profile === found) ?? {};
    inBackground(() => store.saveDetected(connection.id, found, evidence, clock.now()));
  }

  return {
    ready: (connection) => {
      writeWarnings(connection);
      const observed = observedOf(connection);
      const now = clock.monotonic();
      if (now - observed.readAt < PINNED_MS) return observed.pinsRead;
      observed.readAt = now;
      observed.pinsRead = readPins(connection, observed).finally(() => {
        observed.pinsRead = undefined;
      });
      return observed.pinsRead;
    },

    observe: (connection, traffic) => {
      if (!traffic.scheme) warn(connection, 'token_without_scheme', traffic.userAgent ?? '');
      const active = invalidActive(traffic.body);
      if (active !== undefined) warn(connection, 'active_not_boolean', active);
      detect(connection, traffic);
    },

    observeUser: (connection, { userName, email, admin, document }) => {
      if (email === null) warn(connection, 'username_not_address', userName);
      if (admin === true || !/admin/i.test(document)) return;
      const role = nearMissRole(JSON.parse(document) as Parameters<typeof nearMissRole>[0]);
      if (role !== undefined) warn(connection, 'role_near_miss', `${role} (${userName})`);
    },

    observeLeftOut: (connection, { userName }, attributes) => {
      warn(connection, 'deactivated_in_part', `${userName}: ${attributes.slice(0, MAX_NAMED).join(', ')}`);
    },

    shape: (connection) => {
      if (connection === undefined) return answerShape('generic', []);
      return answerShape(profileOf(connection), observedOf(connection).pins.shapes);
    },

    profileOf,

    flush: async () => {
      for (const { connection } of connections.values()) writeWarnings(connection, 0);
      await Promise.all(writes);
    },
  };
}
