/** What both ends of a link agree on. */

/** The duplex pipe that carries calls and replies. */
export const CALLS_FD = 3;

/** A pipe on which nothing is ever sent: its end of file says that the parent is gone. */
export const LIVENESS_FD = 4;

/** Kinds of reply frames. The kinds of calls belong to each child. */
export const Reply = { ok: 0, failed: 1 } as const;
