/**
 * The one error type of the bridge. A code is API: each border (SCIM, problem+json, command line) has one table
 * that says what a code becomes there. A message is prose for a person: what happened, why, what to do.
 */
export type ErrorCode =
  | 'invalid_syntax'
  | 'invalid_value'
  | 'invalid_filter'
  | 'invalid_path'
  | 'no_target'
  | 'too_many'
  | 'mutability'
  | 'uniqueness'
  | 'conflict'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'precondition_failed'
  | 'method_not_allowed'
  | 'payload_too_large'
  | 'unsupported_media_type'
  | 'rate_limited'
  | 'not_implemented'
  | 'invalid_cursor'
  | 'cursor_expired'
  | 'snapshot_expired'
  | 'unknown_format'
  | 'invalid_count'
  | 'invalid_config'
  | 'unavailable'
  | 'internal';

export class BridgeError extends Error {
  override readonly name = 'BridgeError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
