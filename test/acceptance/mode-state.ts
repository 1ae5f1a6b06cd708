/** What the simulated Mode holds, without tokens: to be compared as a whole. */
export interface ModeState {
  readonly members: readonly { readonly email: string; readonly state: string; readonly admin: boolean }[];
  readonly groups: readonly { readonly name: string; readonly members: readonly string[] }[];
}

/** Everybody in the workspace or invited, and every active group; former members are left out. */
export async function readModeState(sandboxUrl: string): Promise<ModeState> {
  const response = await fetch(`${sandboxUrl}/_sandbox/state`);
  const state = (await response.json()) as ModeState;
  return {
    members: state.members
      .filter((member) => member.state !== 'banned')
      .map(({ email, state: memberState, admin }) => ({ email, state: memberState, admin })),
    groups: state.groups.map(({ name, members }) => ({ name, members })),
  };
}

export async function control(
  sandboxUrl: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<unknown> {
  const writes = method !== 'GET' && method !== 'DELETE';
  const response = await fetch(`${sandboxUrl}/_sandbox/${path}`, {
    method,
    ...(writes ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body ?? {}) } : {}),
  });
  if (!response.ok) throw new Error(`The sandbox refused ${method} ${path}: ${await response.text()}`);
  return response.json();
}
