import type { StorageView } from '../../wire.ts';
import { byteSize, count, counted } from '../text/number-text.ts';
import { safeLine } from '../text/safe-text.ts';

interface SharedBlobsProps {
  blobs: StorageView['figures']['blobs'];
  /** Bytes of all blobs. */
  bytes: number;
}

const HASH_SHOWN = 12;

/** Static text that many entries share: kept once, and what that saves. */
export function SharedBlobs({ blobs, bytes }: SharedBlobsProps) {
  const saved = blobs.biggest.reduce((sum, blob) => sum + savedBy(blob), 0);
  return (
    <section class="card">
      <h2 class="card-title">
        Static blobs <span class="card-note">{byteSize(bytes)}</span>
      </h2>
      <p>
        {counted(blobs.count, 'blob')}, {counted(blobs.references, 'reference')}
        {saved > 0 && (
          <>
            . Sharing saves <b>{byteSize(saved)}</b>
            {blobs.count > blobs.biggest.length && ' by the largest alone'}.
          </>
        )}
      </p>
      {blobs.biggest.length > 0 && (
        <table class="figures-table">
          <thead>
            <tr>
              <th scope="col">Blob</th>
              <th scope="col">Size</th>
              <th scope="col">References</th>
              <th scope="col">Saves</th>
            </tr>
          </thead>
          <tbody>
            {blobs.biggest.map((blob) => (
              <tr key={blob.hash}>
                <td class="mono" title={safeLine(blob.hash)}>
                  {safeLine(blob.hash.slice(0, HASH_SHOWN))}
                </td>
                <td>{byteSize(blob.bytes)}</td>
                <td>{count(blob.references)}</td>
                <td>{byteSize(savedBy(blob))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function savedBy({ bytes, references }: { bytes: number; references: number }): number {
  return bytes * Math.max(0, references - 1);
}
