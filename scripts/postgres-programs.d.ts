export declare function hasInstalled(version: number): boolean;

/** As whom a server runs that refuses to run as root. */
export function ordinaryUser(): { uid?: number; gid?: number };
