/** What `holdfast/openclaw` offers. */
export { type AdoptOptions, adoptStateDir } from '../adopt-state-dir.ts';
export { type ExamineOptions, examineStateDir, mendStateDir } from '../examine-state-dir.ts';
export { type ExportOptions, exportStateDir } from '../export-state-dir.ts';
export { type ReleaseOptions, releaseStateDir } from '../release-state-dir.ts';
export type { AdoptedStore, AdoptProgress, AdoptReport, Notice, Refusal } from './adopt-report.ts';
export type { DoctorReport, Finding, Fix } from './doctor/finding.ts';
export { FINDING_CODES, type FindingCode, type Severity } from './doctor/finding-codes.ts';
export type { MendReport } from './doctor/mend.ts';
export type {
  LeftOut,
  ReleasedStore,
  ReleaseProgress,
  ReleaseReport,
} from './release/release-report.ts';
