/**
 * The mirrors of all agents of a store, looked at again and again: every `debounceMs`, and after a
 * look that took t milliseconds not before 9 t have passed, so that it takes a tenth of the time at
 * most, however many sessions change. Changes between two looks are written together.
 */
import { dirname, join } from 'node:path';
import type { Backend } from '../../contract/backend.ts';
import type { Warning } from '../../contract/store.ts';
import { HoldfastError, isHoldfastError } from '../../model/errors.ts';
import type { Processes } from '../../system/processes.ts';
import type { System } from '../../system/system.ts';
import { dialectOf } from '../dialect/dialect.ts';
import { directoryKind, namesIn } from '../own-file.ts';
import { AgentMirror } from './agent-mirror.ts';
import { FieldNames } from './marks.ts';
import { whyNotMirrored } from './may-be-mirrored.ts';
import type { MirrorContext, TranscriptPathOf } from './mirror-context.ts';
import { mirrorPaths } from './mirror-paths.ts';

/** Rest after each look, as a multiple of what it took. */
const REST = 9;
/** The form of an agent's name in OpenClaw, which is also the name of its directory. */
const AGENT_ID = /^[a-z0-9][a-z0-9_-]{0,63}$/;

export interface MirrorParts {
  backend: Backend;
  system: System;
  processes: Processes;
  /** The real path of the store. */
  root: string;
  transcriptPathOf: TranscriptPathOf;
  /** What the settings of OpenClaw name the main session. */
  mainKey: string;
  /** Who this is, for people who look into the lock. */
  holder: object;
  warn: (warning: Warning) => void;
}

export interface MirrorSettings {
  debounceMs: number;
  /** Of OpenClaw: the mirror is written as that version writes it. */
  version: string;
}

export class Mirror {
  readonly #parts: MirrorParts;
  readonly #settings: MirrorSettings;
  readonly #context: Omit<MirrorContext, 'agentId' | 'paths'>;
  readonly #agents = new Map<string, AgentMirror>();
  /** Agents that can not have a mirror, and whether that was told. */
  readonly #refused = new Map<string, string>();
  #looking: Promise<void> | undefined;
  #restUntil = 0;
  #failing = false;
  #stop: () => void = () => undefined;

  /**
   * Looks at all agents and writes nothing. `STORE_UNSUPPORTED` when the mirror of one would take
   * the place of sessions that the store does not have, or for a version without such a file.
   */
  static async open(parts: MirrorParts, settings: MirrorSettings): Promise<Mirror> {
    const mirror = new Mirror(parts, settings);
    for (const agentId of await mirror.#agentIds()) {
      const reason = await mirror.#refusal(agentId).catch((cause) => {
        throw failedToLook(agentId, cause);
      });
      if (reason === undefined) continue;
      const message = `The store at ${parts.root} can not have a mirror: ${reason}.`;
      throw new HoldfastError('STORE_UNSUPPORTED', message);
    }
    return mirror;
  }

  private constructor(parts: MirrorParts, settings: MirrorSettings) {
    const { holder: _who, root: _place, ...rest } = parts;
    this.#parts = parts;
    this.#settings = settings;
    const dialect = dialectOf(settings.version);
    const names = new FieldNames();
    this.#context = { ...rest, dialect, names };
  }

  /** Whether a look is under way. */
  get isLooking(): boolean {
    return this.#looking !== undefined;
  }

  /** Resolves when edits are taken over and the mirrors are current. */
  async start(): Promise<void> {
    const { timers, clock } = this.#parts.system;
    await this.#look();
    this.#stop = timers.every(this.#settings.debounceMs, () => {
      if (this.#looking === undefined && clock.elapsed() >= this.#restUntil) void this.#look();
    });
  }

  /** Writes what is due, without waiting for its time, and lets another process be the writer. */
  async close(): Promise<void> {
    this.#stop();
    await this.#looking;
    await this.#look();
    for (const agent of this.#agents.values()) await agent.close();
  }

  #look(): Promise<void> {
    this.#looking = this.#lookAtAll().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #lookAtAll(): Promise<void> {
    const { clock } = this.#parts.system;
    const began = clock.elapsed();
    try {
      for (const agentId of await this.#agentIds()) await (await this.#agent(agentId))?.look();
      this.#failing = false;
    } catch (cause) {
      // Said once: the next look tries again, and a disk that is full stays so for a while.
      if (!this.#failing) {
        const message = `The mirror could not be brought up to date: ${(cause as Error).message}`;
        this.#parts.warn({ code: 'MIRROR_FAILED', message });
      }
      this.#failing = true;
    }
    const ended = clock.elapsed();
    this.#restUntil = ended + REST * (ended - began);
  }

  async #agentIds(): Promise<string[]> {
    const { fs } = this.#parts.system;
    const agents = join(this.#parts.root, 'agents');
    if ((await directoryKind(fs, agents)) !== 'directory') return [];
    const list = await namesIn(fs, agents);
    if ('reason' in list) throw new HoldfastError('IO_FAILED', `${agents}: ${list.reason}.`);
    return list.names.filter((name) => AGENT_ID.test(name));
  }

  /** `undefined` for one that has nothing to mirror, or must not have a mirror. */
  async #agent(agentId: string): Promise<AgentMirror | undefined> {
    const known = this.#agents.get(agentId);
    if (known !== undefined) return known;
    const context = this.#contextOf(agentId);
    if (!(await this.#isThere(context.paths.own))) return undefined;
    const reason = await this.#refusal(agentId);
    if (reason !== undefined) {
      if (this.#refused.get(agentId) !== reason) {
        this.#refused.set(agentId, reason);
        const message = `There is no mirror of agent ${agentId}: ${reason}.`;
        this.#parts.warn({ code: 'MIRROR_FAILED', message });
      }
      return undefined;
    }
    const agent = new AgentMirror(context, this.#parts.holder);
    this.#agents.set(agentId, agent);
    return agent;
  }

  /** Links are not followed; the store itself tells of them. */
  async #isThere(path: string): Promise<boolean> {
    for (let at = path; at !== this.#parts.root; at = dirname(at)) {
      if ((await directoryKind(this.#parts.system.fs, at)) !== 'directory') return false;
    }
    return true;
  }

  async #refusal(agentId: string): Promise<string | undefined> {
    const context = this.#contextOf(agentId);
    if (!(await this.#isThere(context.paths.directory))) return undefined;
    return await whyNotMirrored(context);
  }

  #contextOf(agentId: string): MirrorContext {
    return { ...this.#context, agentId, paths: mirrorPaths(this.#parts.root, agentId) };
  }
}

function failedToLook(agentId: string, cause: unknown): unknown {
  if (isHoldfastError(cause)) return cause;
  const why = (cause as Error).message;
  const message = `The mirror of agent ${agentId} could not be looked at: ${why}. See the cause.`;
  return new HoldfastError('IO_FAILED', message, { cause });
}
