/** The steps of a directory write that start and stop the clock of a leaver (provisioning/leaver). */
export type LeaverStep =
  /** The IdP deactivated or deleted an active user. */
  | {
      readonly step: 'start_leaver';
      readonly userId: string;
      /** The userName. */
      readonly name: string;
      readonly connectionId: string;
      readonly cause: 'deactivated' | 'deleted';
    }
  /** The IdP took it back, or nobody is responsible for it any more. Does nothing when no clock runs. */
  | { readonly step: 'cancel_leaver'; readonly userId: string };
