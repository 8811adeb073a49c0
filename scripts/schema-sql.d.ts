import type { Client } from 'pg';

export declare const SCHEMA_FILE: string;
export declare function describeSchema(client: Client, schema: string): Promise<string>;
