import { join } from 'node:path';
import { SYSTEMS } from '../systems/index.js';
import { runChild, runTogether } from './start-child.js';

/**
 * One run of the benchmark: makes the stores that cases ask for, starts the measured processes, and
 * keeps account of what each store has acknowledged, so that a fresh process can look what is lost.
 */
export class Run {
  /** Milliseconds of the longest block of an event loop of ours, by case. */
  blocks = new Map();
  /** The rounds of case 1, for whoever wants to know more of them. */
  updateRounds;
  #stores = new Map();
  #seed;
  #case = '';

  /** @param server The URL of a PostgreSQL server, for the systems that lie on one. */
  constructor(plan, root, note, server) {
    this.server = server;
    this.plan = plan;
    this.root = root;
    this.note = note;
    this.#seed = plan.seed;
  }

  beginCase(id) {
    this.#case = id;
  }

  /** A seed that no other process of this run has, and that the next run has again. */
  nextSeed() {
    this.#seed += 1;
    return this.#seed;
  }

  /** A store with so many sessions in it, made at the first call. `name` tells one from another. */
  async store(system, { sessions, fat = false, name = '' }) {
    const id = `${system}-${sessions}${fat ? '-fat' : ''}${name && `-${name}`}`;
    const known = this.#stores.get(id);
    if (known !== undefined) return known;
    this.note(`making ${sessions} sessions: ${SYSTEMS[system].title}`);
    const dir = SYSTEMS[system].place?.(this.server, id) ?? join(this.root, id);
    const store = { system, sessions, dir, updates: 0, records: 0 };
    await this.#fill(store, fat);
    this.#stores.set(id, store);
    return store;
  }

  /** Several processes where the system bears it: making a session is creating files. */
  async #fill({ system, dir, sessions }, fat) {
    const fillers = SYSTEMS[system].fillers ?? 1;
    const share = Math.ceil(sessions / fillers);
    const jobs = [];
    for (let from = 0; from < sessions; from += share) {
      const to = Math.min(sessions, from + share);
      jobs.push(['fill', { system, dir, from, to, fat }]);
    }
    await runTogether(jobs, { deadlineMs: 600_000 });
  }

  /** What a load process is told, with the defaults of this run. */
  loadOptions(store, options = {}) {
    const { warmMs, measureMs } = this.plan;
    const { system, dir, sessions } = store;
    const defaults = { pick: 'turns', call: 'update', warmMs, measureMs };
    return { system, dir, sessions, seed: this.nextSeed(), ...defaults, ...options };
  }

  /** One process that works on a store alone. */
  async load(store, options, limits) {
    return this.account(store, await runChild('load', this.loadOptions(store, options), limits));
  }

  /** Several processes at once on one store, as one result. */
  async loadTogether(store, processes, options) {
    const jobs = Array.from({ length: processes }, () => [
      'load',
      this.loadOptions(store, options),
    ]);
    const results = await runTogether(jobs);
    for (const result of results) this.account(store, result);
    return results;
  }

  /** Any other job, in a process of its own. */
  child(job, options) {
    return runChild(job, options, { deadlineMs: 300_000 });
  }

  /** Remembers what a process of ours has acknowledged and how long its loop was held. */
  account(store, result) {
    store[result.call === 'append' ? 'records' : 'updates'] += result.acknowledged ?? 0;
    if (store.system.startsWith('holdfast')) this.sawBlock(result.blockMs);
    return result;
  }

  sawBlock(ms) {
    if (ms > (this.blocks.get(this.#case) ?? 0)) this.blocks.set(this.#case, ms);
  }

  /** Acknowledged calls that a fresh process does not find; undefined for what keeps no count. */
  async lost(store, of = 'updates') {
    const { system, dir, sessions } = store;
    const found = await runChild('count', { system, dir, sessions, of }, { deadlineMs: 300_000 });
    return found === undefined ? undefined : store[of] - found;
  }

  /** Rounds A B C A B C ...: `entries` are [name, function]; one object of results for each round. */
  async interleave(entries, rounds = this.plan.rounds) {
    const all = [];
    for (let round = 0; round < rounds; round++) {
      const results = {};
      for (const [name, measure] of entries) {
        this.note(`round ${round + 1} of ${rounds}: ${name}`);
        results[name] = await measure();
      }
      all.push(results);
    }
    return all;
  }
}
