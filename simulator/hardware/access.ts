/** What an access wants. */
export const Access = { read: 0, write: 1, fetch: 2 } as const;
export type Access = (typeof Access)[keyof typeof Access];
