/** `live`: what the IdP pushes is carried out. `shadow` and `paused`: it is stored and answered, and nothing is sent. */
export const CONNECTION_STATES = ['live', 'shadow', 'paused'] as const;
export type ConnectionState = (typeof CONNECTION_STATES)[number];
