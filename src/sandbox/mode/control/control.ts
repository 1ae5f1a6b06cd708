/** The control API of the simulated Mode: reads and seeds its state, changes its settings, and does what people do in Mode. */
import { Type, type Static } from 'typebox';
import { check } from '../check.ts';
import { Fault } from '../behaviour/fault.ts';
import { generateState, SeedSize } from './generate-state.ts';
import { seedState } from './seed-state.ts';
import { readSettingsPatch, type Settings, type SettingsPatch } from '../behaviour/settings.ts';
import type { Simulation } from '../world/simulation.ts';
import { renderState, StateDocument } from './state-document.ts';
import type { Counts, LoggedCall } from '../behaviour/traffic.ts';
import { applyUiEdit, type UiEdit } from '../world/ui-edit.ts';

const exact = { additionalProperties: false } as const;
const Emails = Type.Optional(Type.Array(Type.String()));
const Acceptance = Type.Object({ emails: Emails, old: Type.Optional(Type.Boolean()) }, exact);
const Expiry = Type.Object({ emails: Emails }, exact);

/** All arguments are validated. @throws ApiError 400, and nothing is changed */
export interface Control {
  /** @param all include former members and deleted groups */
  state(all?: boolean): StateDocument;
  putState(document: StateDocument): StateDocument;
  /** Replaces the workspace with a generated one. @returns the number of members, groups and memberships */
  seed(size: SeedSize): { members: number; groups: number; memberships: number };
  settings(): Settings;
  set(patch: SettingsPatch): Settings;
  /** Accepts open invites, all or those of the given addresses; with `old`, cancelled and expired ones too. */
  acceptInvites(which?: Static<typeof Acceptance>): readonly string[];
  /** Expires open invites, all or those of the given addresses. */
  expireInvites(which?: Static<typeof Expiry>): readonly string[];
  /** Does what a person does in Mode's UI. */
  uiEdit(edit: UiEdit): StateDocument;
  /** Adds a fault to those in the settings. @returns a function that removes only this fault */
  addFault(fault: Fault): () => void;
  /** Removes all faults. */
  clearFaults(): Settings;
  /** Number of invites sent to each address. */
  invitesSent(): Readonly<Record<string, number>>;
  /** The log of the last requests. */
  requests(): readonly LoggedCall[];
  counts(): Counts;
  /** Clears the log and the counts. */
  forgetRequests(): void;
  reset(): void;
}

/** The same with unvalidated arguments, such as HTTP bodies. */
export type UncheckedControl = {
  [K in keyof Control]: (given?: unknown) => ReturnType<Control[K]>;
};

export function createControl(simulation: Simulation): UncheckedControl {
  const { workspace, clock } = simulation;
  const seedWith = (document: StateDocument) => {
    simulation.replaceWorkspace((empty) => {
      seedState(empty, document, clock.now());
    });
  };
  const control: UncheckedControl = {
    state: (all) => {
      simulation.catchUp();
      return renderState(workspace(), all === true);
    },
    putState: (document) => {
      seedWith(check(StateDocument, document));
      return renderState(workspace(), false);
    },
    seed: (size) => {
      const document = generateState(check(SeedSize, size));
      seedWith(document);
      const groups = document.groups ?? [];
      const memberships = groups.reduce((sum, { members = [] }) => sum + members.length, 0);
      return { members: document.members.length, groups: groups.length, memberships };
    },
    settings: () => {
      simulation.catchUp();
      return structuredClone(simulation.settings());
    },
    set: (patch) => {
      simulation.change(readSettingsPatch(patch));
      return structuredClone(simulation.settings());
    },
    acceptInvites: (which) => {
      simulation.catchUp();
      const { emails, old = false } = check(Acceptance, which ?? {});
      return workspace().invites.accept(emails, old);
    },
    expireInvites: (which) => {
      simulation.catchUp();
      return workspace().invites.expire(check(Expiry, which ?? {}).emails);
    },
    uiEdit: (edit) => {
      simulation.catchUp();
      const owner = workspace().owner();
      const { action, entity } = applyUiEdit(workspace(), edit);
      const by = { user_id: owner?.userId ?? '', username: owner?.username ?? '' };
      const actor = { ip: '127.0.0.1', user_agent: 'a browser', ...by };
      simulation.memory().audit.add({ actor, source: 'web' }, action, entity);
      return renderState(workspace(), false);
    },
    addFault: (fault) => simulation.addFault(check(Fault, fault)),
    clearFaults: () => control.set({ faults: [] }),
    invitesSent: () =>
      Object.fromEntries(
        workspace()
          .invites.all()
          .map(({ email, count }) => [email, count]),
      ),
    requests: () => simulation.memory().traffic.requests(),
    counts: () => simulation.memory().traffic.counts(),
    forgetRequests: () => {
      simulation.memory().traffic.clear();
    },
    reset: () => {
      simulation.reset();
    },
  };
  return control;
}
