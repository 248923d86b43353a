/** Commit of the sources; `+` where files differ from it; `unknown` outside a checkout. */
export function readCommit(root: string): string;
