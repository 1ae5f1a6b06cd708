/** The capabilities of a workspace as JSON: the table, the credentials, and the warnings. */
import { Type, type Static } from 'typebox';
import type { CapabilityReport } from '../operators/capabilities.ts';
import { CAPABILITIES } from '../provisioning/capability/capability.ts';
import { Instant, instant, Text } from './instant.ts';

const STATES = ['available', 'refused', 'not_tried'] as const;

const about = {
  state: Type.Enum(STATES),
  answer: Type.Union([Type.String(), Type.Null()], { description: "Mode's answer, when it was refused" }),
  at: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
    description: 'When it was last tried',
  }),
};

export const CapabilityView = Type.Object({
  probed_at: Instant,
  capabilities: Type.Array(
    Type.Object({
      name: Type.Enum(CAPABILITIES),
      ...about,
      route: Type.Union([Type.String(), Type.Null()], {
        description: 'The route that serves it or is tried next; "task": a person does it',
      }),
      routes: Type.Array(Type.Object({ route: Type.String(), ...about })),
    }),
  ),
  credentials: Type.Array(
    Type.Object({
      name: Type.String(),
      state: Type.Enum(['accepted', 'rejected', 'unknown']),
      scope: Text,
      answer: Text,
    }),
  ),
  warnings: Type.Array(Type.String()),
});
export type CapabilityView = Static<typeof CapabilityView>;

export function viewCapabilities(report: CapabilityReport): CapabilityView {
  return {
    probed_at: instant(report.probedAt),
    capabilities: report.capabilities.map(({ name, state, route, answer, at, routes }) => ({
      name,
      state,
      route,
      answer,
      at: instant(at),
      routes: routes.map((way) => ({
        route: way.route,
        state: way.state,
        answer: way.answer,
        at: instant(way.at),
      })),
    })),
    credentials: [...report.credentials],
    warnings: [...report.warnings],
  };
}
