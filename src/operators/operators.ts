/**
 * Everything that people do with the bridge, in one place. The command line and the admin API are faces of it: they
 * check input and format output, and decide nothing.
 */
import type { AuditStore } from '../audit/audit-store.ts';
import type { AuditSigner } from '../audit/checkpoint.ts';
import type { Clock } from '../clock.ts';
import type { ConnectionStore } from '../directory/access/connection-store.ts';
import type { TokenStore } from '../directory/access/token.ts';
import type { DirectoryStore } from '../directory/directory-store.ts';
import type { RequestStore } from '../directory/requests/request-store.ts';
import type { NoticeStore } from '../notices/notice-store.ts';
import type { Webhook } from '../notices/webhook.ts';
import type { LeaverStore } from '../provisioning/leaver/leaver-store.ts';
import type { DryRunStore, PlanStore } from '../provisioning/ports/dry-run-store.ts';
import type { DriftStore } from '../provisioning/ports/drift-store.ts';
import type { InviteStore } from '../provisioning/ports/invite-store.ts';
import type { JobStore } from '../provisioning/ports/job-store.ts';
import type { LinkStore } from '../provisioning/ports/link-store.ts';
import type { ObservedStore } from '../provisioning/ports/observed-store.ts';
import type { SubjectStore } from '../provisioning/ports/subject-store.ts';
import type { TargetFactStore } from '../provisioning/ports/target-facts.ts';
import type { Random } from '../random.ts';
import { createAuditLog, type AuditLog } from './audit.ts';
import { readCapabilities, type CapabilityReport } from './capabilities.ts';
import { createConnections, type ConnectionRules, type Connections } from './connections.ts';
import type { ExplainStore } from './explain/explain-store.ts';
import { createExplain, type Explain } from './explain/explain.ts';
import { createHolds, type Holds } from './holds.ts';
import { createLinks, type Links } from './links.ts';
import { createNotices, type Notices } from './notices.ts';
import { createLeavers, type Leavers } from './leavers.ts';
import { createRequests, type Requests } from './requests.ts';
import type { PlanSources } from './make-plan.ts';
import { createPlans, type Plans } from './plans.ts';
import { createReports, type Reports } from './reports.ts';
import type { LogStore } from './state/log-store.ts';
import { createStates, type States } from './state/states.ts';
import { readStatus, type StatusSources, type WorkspaceReport } from './status.ts';
import { createTasks, type Tasks } from './tasks.ts';
import { createTokens, type TokenRules, type Tokens } from './tokens.ts';
import type { RestateGroup, RestateUser } from './undo/restate.ts';
import { createUndos, type Undos } from './undo/undos.ts';
import type { UndoStore } from './undo/undo-store.ts';

export interface Operators {
  readonly connections: Connections;
  readonly tokens: Tokens;
  readonly tasks: Tasks;
  readonly holds: Holds;
  readonly links: Links;
  readonly reports: Reports;
  readonly requests: Requests;
  /** Explains one person's access. */
  readonly explain: Explain;
  readonly states: States;
  readonly audit: AuditLog;
  readonly notices: Notices;
  readonly leavers: Leavers;
  readonly plans: Plans;
  readonly undos: Undos;
  status(workspace: string): Promise<WorkspaceReport>;
  capabilities(workspace: string): Promise<CapabilityReport>;
  /** Makes a running bridge probe the target within seconds, and try refused routes again. */
  probe(workspace: string): Promise<void>;
}

export interface OperatorSources extends Omit<StatusSources, 'leavers'> {
  readonly leavers: LeaverStore;
  readonly access: ConnectionStore & TokenStore;
  readonly directory: DirectoryStore;
  readonly provisioning: LinkStore &
    DriftStore &
    InviteStore &
    ObservedStore &
    Pick<TargetFactStore, 'facts'> &
    Pick<SubjectStore, 'subjectState' | 'pushedNames'> &
    Pick<JobStore, 'unparkJobs'>;
  readonly requests: RequestStore;
  readonly explain: ExplainStore;
  readonly log: LogStore;
  readonly audit: AuditStore;
  readonly notices: NoticeStore;
  /** undefined: no webhook is configured. */
  readonly openWebhook: (() => Webhook) | undefined;
  readonly random: Random;
  /** Signs the audit log; undefined: there is no key. */
  readonly signer: AuditSigner | undefined;
  readonly plans: DryRunStore & PlanStore;
  readonly undo: UndoStore;
  readonly restateUser: RestateUser;
  readonly restateGroup: RestateGroup;
  readonly clock: Clock;
  /** How long the removal of a leaver may take. Milliseconds. */
  readonly leaverObjectiveMsOf: (workspace: string) => number;
  readonly planningRules: PlanSources['planningRules'];
  /** The name of a workspace's target, for messages. */
  readonly labelOf: (workspace: string) => string;
  readonly rules: ConnectionRules & TokenRules;
}

export function createOperators(sources: OperatorSources): Operators {
  const { access, provisioning, clock, planningRules, labelOf } = sources;
  const connections = createConnections(sources);
  const leavers = createLeavers(sources.leavers, sources.requests, sources.leaverObjectiveMsOf, clock);
  return {
    connections,
    tokens: createTokens(access, connections, clock, sources.rules),
    tasks: createTasks(sources.tasks, clock),
    holds: createHolds(sources.holds, clock),
    links: createLinks(provisioning, labelOf, clock),
    requests: createRequests(sources.requests, provisioning, connections, clock),
    explain: createExplain({ ...sources, driftOf: (workspace) => planningRules(workspace).drift }),
    states: createStates(sources.log, clock),
    leavers,
    reports: createReports(provisioning, (workspace) => planningRules(workspace).drift, labelOf, clock),
    plans: createPlans(sources, connections),
    undos: createUndos(sources),
    status: (workspace) => readStatus(workspace, { ...sources, leavers }),
    notices: createNotices(sources.notices, clock, sources.random, sources.openWebhook),
    audit: createAuditLog(sources.audit, clock, sources.signer),
    capabilities: (workspace) => readCapabilities(workspace, sources.capabilities),
    probe: (workspace) => sources.capabilities.askForProbe(workspace, clock.now()),
  };
}
