import { byteSize } from '../text/number-text.ts';
import { safeLine } from '../text/safe-text.ts';
import { FoldedJson } from '../values/folded-json.tsx';
import { FoldedText } from '../values/folded-text.tsx';
import type { Part } from './record-shape.ts';

/** The parts of a message in their order. A picture is named, never loaded. */
export function MessageParts({ parts }: { parts: readonly Part[] }) {
  if (parts.length === 0) return <p class="quiet">(empty)</p>;
  return (
    <>
      {parts.map((part, index) => (
        // Parts of a record never move.
        <OnePart key={index} part={part} />
      ))}
    </>
  );
}

function OnePart({ part }: { part: Part }) {
  switch (part.kind) {
    case 'text':
      return <FoldedText text={part.text} />;
    case 'thinking':
      return (
        <details class="tool">
          <summary>
            <span class="quiet">thinking</span>
          </summary>
          <FoldedText text={part.text} />
        </details>
      );
    case 'call':
      return (
        <div class="tool">
          <FoldedJson name={`→ ${part.name}`} value={part.input} />
        </div>
      );
    case 'image':
      return (
        <p class="quiet">
          <bdi>{safeLine(part.type)}</bdi>, {byteSize(part.bytes)}
        </p>
      );
    case 'other':
      return <FoldedJson name={part.name} value={part.value} />;
  }
}
