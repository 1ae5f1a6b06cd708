/** The workspace's own record, with links to the lists that this key can read and to pages in Mode's UI. */
import type { Clock } from '../../clock.ts';
import { fieldsOf, isTrue, linkOf, textOf } from './mode-json.ts';
import type { ModeApi } from './mode-api.ts';

/** Links rarely change within a day. When a link fails, the record is read again at once. */
const ROOT_TTL_MS = 24 * 60 * 60_000;

export interface WorkspaceRoot {
  /** @throws TargetError */
  read(): Promise<unknown>;
  /** The path of the link, or the documented path when the link is missing. @throws TargetError */
  path(rel: string, documented: string): Promise<string>;
  /** Discards the cached record. */
  forget(): void;
}

export function createWorkspaceRoot(api: ModeApi, clock: Clock): WorkspaceRoot {
  let known: { readonly root: unknown; readonly at: number } | undefined;

  async function read(): Promise<unknown> {
    if (known !== undefined && clock.monotonic() - known.at < ROOT_TTL_MS) return known.root;
    const root = await api.get(`/api/${api.workspace}`);
    known = { root, at: clock.monotonic() };
    return root;
  }

  return {
    read,
    path: async (rel, documented) => linkOf(await read(), rel) ?? documented,
    forget: () => {
      known = undefined;
    },
  };
}

/** Whether Mode's own SCIM is switched on. Accepts any form of the flag. */
export function scimIsOn(root: unknown): boolean {
  const enabled = fieldsOf(root)['scim_enabled'];
  return isTrue(enabled) || enabled === 1 || /^(1|enabled|on)$/i.test(textOf(enabled) ?? '');
}
