/** One IdP app that pushes into one Mode workspace. */
export interface Connection {
  readonly id: string;
  /** The slug of the Mode workspace, as in its URL. Users and groups of one workspace form one set. */
  readonly workspace: string;
  readonly name: string;
}
