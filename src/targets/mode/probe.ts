/**
 * Finds out what is possible through reads only: checks the keys and reads the workspace's record and each list once. Routes
 * that only a write can test stay untried until the bridge needs one.
 */
import type { Clock } from '../../clock.ts';
import type { CapabilityName, Findings } from '../../provisioning/capability/capability.ts';
import type { CapabilityBook } from '../../provisioning/capability/capability-book.ts';
import { TargetError } from '../../provisioning/ports/target.ts';
import type { KeyName, ModeApi } from './mode-api.ts';
import { fieldsOf, listOf, textOf } from './mode-json.ts';
import { ROUTE } from './mode-routes.ts';
import type { OwnScim } from './own-scim/own-scim.ts';
import type { MemberReads } from './reads/read-members.ts';
import { scimIsOn, type WorkspaceRoot } from './workspace-root.ts';

const AUDITED_MS = 60 * 60_000;
const BY_OWN_SCIM: readonly CapabilityName[] = ['invite', 'remove', 'set_admin', 'rename', 'groups'];

type Credential = Findings['credentials'][number];

export interface ProbeParts {
  readonly api: ModeApi;
  readonly root: WorkspaceRoot;
  readonly reads: MemberReads;
  readonly book: CapabilityBook;
  readonly ownScim: OwnScim | undefined;
  readonly clock: Clock;
}

/** @throws TargetError unavailable or rate_limited; then nothing is concluded */
export async function probe(parts: ProbeParts): Promise<Findings> {
  const { api, root, reads, book, ownScim, clock } = parts;
  const warnings: string[] = [];
  const keys = await mapInOrder(api.keys, (key) => checkKey(api, key, warnings));
  const credentials = ownScim === undefined ? keys : [...keys, await checkOwnScim(ownScim, book)];
  root.forget();
  if (keys[0]?.state !== 'rejected') {
    warnings.push(...rootWarnings(await unlessRefused(root.read()), ownScim !== undefined));
    await unlessRefused(reads.members());
    await tryRead(book, 'groups', ROUTE.main, async () => {
      const body = await api.get(`/api/${api.workspace}/groups?page=1&per_page=1`);
      listOf('GET the groups', body, 'groups');
    });
    await tryRead(book, 'audit_logs', ROUTE.read, async () => {
      const [from, to] = [clock.now() - AUDITED_MS, clock.now()].map((ms) => new Date(ms).toISOString());
      const query = new URLSearchParams({ start_timestamp: from ?? '', end_timestamp: to ?? '' });
      // This endpoint does not accept HAL.
      const path = `/api/${api.workspace}/audit_logs?${query.toString()}`;
      await api.get(path, { accept: 'application/json' });
    });
  }
  return { credentials, warnings };
}

async function checkKey(api: ModeApi, name: KeyName, warnings: string[]): Promise<Credential> {
  try {
    const { state, scope, record } = await api.verify(name);
    const workspace = textOf(fieldsOf(record)['workspace']);
    if (workspace !== null && workspace !== api.workspace) {
      warnings.push(
        `The ${name} belongs to the workspace "${workspace}", but the bridge is configured to use it for "${api.workspace}".`,
      );
    }
    if (state === 'rejected') warnings.push(`Mode does not accept the ${name}.`);
    return { name, state, scope, answer: null };
  } catch (error) {
    return { name, state: 'unknown', scope: null, answer: refusal(error) };
  }
}

async function checkOwnScim(ownScim: OwnScim, book: CapabilityBook): Promise<Credential> {
  const name = "token of Mode's own SCIM";
  try {
    await ownScim.check();
    return { name, state: 'accepted', scope: null, answer: null };
  } catch (error) {
    const answer = error instanceof TargetError ? error.message : refusal(error);
    const rejected = error instanceof TargetError && error.kind === 'forbidden';
    if (rejected) for (const capability of BY_OWN_SCIM) await book.refused(capability, ROUTE.ownScim, answer);
    return { name, state: rejected ? 'rejected' : 'unknown', scope: null, answer };
  }
}

function rootWarnings(root: unknown, hasOwnScim: boolean): string[] {
  const fields = fieldsOf(root);
  const warnings: string[] = [];
  if (scimIsOn(root)) {
    const advice = hasOwnScim
      ? 'the bridge uses it; no other client should.'
      : 'the bridge does not write what it manages. Switch it off, or set MODE_SCIM_URL and MODE_SCIM_TOKEN (in a configuration file: mode.scim_url and mode.scim_token).';
    warnings.push(`Mode's own SCIM is switched on for this workspace: ${advice}`);
  }
  const role = textOf(fields['membership_type']);
  if (role !== null && role !== 'admin') {
    warnings.push(`The main key has the role "${role}" and is not an admin: Mode will refuse many calls.`);
  }
  return warnings;
}

/** Records whether a list can be read. A refusal stays recorded until the next try. */
async function tryRead(
  book: CapabilityBook,
  capability: CapabilityName,
  route: string,
  read: () => Promise<void>,
): Promise<void> {
  try {
    await read();
    if (book.state(capability, route) !== 'available') await book.served(capability, route);
  } catch (error) {
    await book.refused(capability, route, refusal(error));
  }
}

async function unlessRefused<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    refusal(error);
    return undefined;
  }
}

/** @returns the message of a refusal @throws any other error */
function refusal(error: unknown): string {
  if (!(error instanceof TargetError)) throw error;
  if (error.kind === 'unavailable' || error.kind === 'rate_limited') throw error;
  return error.message;
}

async function mapInOrder<A, B>(items: readonly A[], work: (item: A) => Promise<B>): Promise<readonly B[]> {
  const results: B[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}
