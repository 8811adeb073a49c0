/** What `holdfast/openclaw` offers. */
export { type AdoptOptions, adoptStateDir } from '../adopt-state-dir.ts';
export type { AdoptedStore, AdoptProgress, AdoptReport, Notice, Refusal } from './adopt-report.ts';
