export declare function hasInstalled(version: number): boolean;
