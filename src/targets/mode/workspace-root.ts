/** The workspace's own record: which lists it offers to this key, and where its pages for people are. */
import type { Clock } from '../../clock.ts';
import { fieldsOf, isTrue, linkOf, textOf } from './mode-json.ts';
import type { ModeApi } from './mode-api.ts';

/** Links change with a role or a plan, hardly ever within a day; a link that fails is asked for again at once. */
const ROOT_STANDS_MS = 24 * 60 * 60_000;

export interface WorkspaceRoot {
  /** @throws TargetError */
  read(): Promise<unknown>;
  /** The link's path, else the one that is documented. @throws TargetError */
  path(rel: string, documented: string): Promise<string>;
  /** What was read is not to be believed any more. */
  forget(): void;
}

export function createWorkspaceRoot(api: ModeApi, clock: Clock): WorkspaceRoot {
  let known: { readonly root: unknown; readonly at: number } | undefined;

  async function read(): Promise<unknown> {
    if (known !== undefined && clock.monotonic() - known.at < ROOT_STANDS_MS) return known.root;
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

/** Whether Mode's own SCIM is switched on, in whatever form the workspace says it. */
export function scimIsOn(root: unknown): boolean {
  const enabled = fieldsOf(root)['scim_enabled'];
  return isTrue(enabled) || enabled === 1 || /^(1|enabled|on)$/i.test(textOf(enabled) ?? '');
}
