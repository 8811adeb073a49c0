export declare class PostgresServer {
  static start(options?: {
    version?: number;
    settings?: Record<string, string | number>;
  }): Promise<PostgresServer>;
  readonly url: string;
  readonly port: number;
  readonly pid: number | undefined;
  readonly log: string;
  urlAt(port: number, host?: string): string;
  restart(): Promise<void>;
  kill(signal?: NodeJS.Signals): Promise<void>;
  stop(): Promise<void>;
}
