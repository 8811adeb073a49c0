import type { StorageView } from '../../wire.ts';
import { byteSize, count } from '../text/number-text.ts';

/** Former conversations by how long ago they were archived. */
export function ArchivesByAge({ classes }: { classes: StorageView['figures']['archivesByAge'] }) {
  return (
    <section class="card">
      <h2 class="card-title">Archives by age</h2>
      <table class="figures-table">
        <thead>
          <tr>
            <th scope="col">Archived within</th>
            <th scope="col">Archives</th>
            <th scope="col">Bytes</th>
          </tr>
        </thead>
        <tbody>
          {classes.map(({ upToDays, count: archives, bytes }) => (
            <tr key={upToDays}>
              <td>{nameOf(upToDays)}</td>
              <td>{count(archives)}</td>
              <td>{byteSize(bytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function nameOf(upToDays: number | null): string {
  if (upToDays === null) return 'longer ago';
  const names: Record<number, string> = { 1: 'a day', 7: 'a week', 30: 'a month', 365: 'a year' };
  return names[upToDays] ?? `${upToDays} days`;
}
