/** Operators' decisions about links: which account a user is, and which group of the target a group is. */
import type { Clock } from '../clock.ts';
import type { Subject } from '../directory/subject.ts';
import { BridgeError } from '../errors.ts';
import type { Link, LinkStore } from '../provisioning/ports/link-store.ts';
import type { ObservedStore } from '../provisioning/ports/observed-store.ts';

const MAX_LISTED = 10_000;

export interface Links {
  list(workspace: string): Promise<readonly Link[]>;
  /**
   * @param who an id, a userName or an e-mail; for a group an id or its name
   * @param onTarget a token; for a member also the username or e-mail, for a group also the exact name @throws
   * BridgeError not_found; conflict when several match or it is linked to another one
   */
  set(workspace: string, kind: Subject['kind'], who: string, onTarget: string): Promise<Link>;
  /** @throws BridgeError not_found, conflict */
  drop(workspace: string, kind: Subject['kind'], who: string): Promise<Link>;
}

/** @param labelOf the name of a workspace's target, for messages */
export function createLinks(
  store: LinkStore & Pick<ObservedStore, 'observedMembers' | 'observedGroups'>,
  labelOf: (workspace: string) => string,
  clock: Clock,
): Links {
  async function subjectOf(workspace: string, kind: Subject['kind'], who: string) {
    const found = await store.findSubjects(workspace, kind, who);
    const [only] = found;
    if (only === undefined) throw new BridgeError('not_found', `No pushed ${kind} is "${who}".`);
    if (found.length > 1) {
      const ids = found.map((one) => one.subject.id).join(', ');
      throw new BridgeError('conflict', `${found.length} are "${who}": give the id (${ids}).`);
    }
    return only;
  }

  async function tokenOf(workspace: string, kind: Subject['kind'], onTarget: string): Promise<string> {
    const same = (text: string | null) => text?.toLowerCase() === onTarget.trim().toLowerCase();
    const tokens =
      kind === 'user'
        ? (await store.observedMembers(workspace))
            .filter((member) => member.accountId === onTarget || same(member.username) || same(member.email))
            .flatMap((member) => member.accountId ?? [])
        : (await store.observedGroups(workspace))
            .filter((group) => group.token === onTarget || group.name === onTarget)
            .map((group) => group.token);
    const [token] = tokens;
    const what = kind === 'user' ? 'member' : 'group';
    if (token === undefined) {
      throw new BridgeError(
        'not_found',
        `${labelOf(workspace)} had no ${what} "${onTarget}" when it was last read.`,
      );
    }
    if (tokens.length > 1) {
      throw new BridgeError(
        'conflict',
        `${labelOf(workspace)} has ${tokens.length}: give the token (${tokens.join(', ')}).`,
      );
    }
    return token;
  }

  return {
    list: (workspace) => store.links(workspace, MAX_LISTED),
    set: async (workspace, kind, who, onTarget) => {
      const { subject, name } = await subjectOf(workspace, kind, who);
      const token = await tokenOf(workspace, kind, onTarget);
      const other = await store.linkTo(workspace, kind, token);
      if (other !== undefined && other.subject.id !== subject.id) {
        throw new BridgeError('conflict', `It is linked to "${other.name}": drop that link first.`);
      }
      await store.setLink(workspace, subject, token, clock.now());
      return { subject, name, token, origin: 'operator' };
    },
    drop: async (workspace, kind, who) => {
      const { subject } = await subjectOf(workspace, kind, who);
      const link = await store.linkOf(workspace, subject);
      if (link === undefined)
        throw new BridgeError('not_found', `The ${kind} "${who}" is linked to nothing.`);
      await store.dropLink(workspace, subject, link.token, clock.now());
      return link;
    },
  };
}
