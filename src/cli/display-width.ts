/**
 * How many columns of a terminal a text takes. Terminals differ on rare characters; what counts is
 * that Chinese, Japanese, Korean and emoji take two columns and combining marks none.
 */
const PLAIN = /^[\x20-\x7e]*$/;
const ZERO = /^(?:\p{Mark}|\u200c|\u200d)+$/u;
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cd5}\u{1aff0}-\u{1b2fb}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\p{Emoji}\ufe0f/u;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += widthOf(segment);
  return width;
}

/** The text, cut to so many columns; what is cut at the end (or at the start) is told by `…`. */
export function fitted(text: string, width: number, cut: 'end' | 'start' = 'end'): string {
  if (displayWidth(text) <= width) return text;
  if (width < 1) return '';
  const segments = [...graphemes.segment(text)].map(({ segment }) => segment);
  if (cut === 'start') segments.reverse();
  const kept: string[] = [];
  let left = width - 1;
  for (const segment of segments) {
    left -= widthOf(segment);
    if (left < 0) break;
    kept.push(segment);
  }
  return cut === 'start' ? `…${kept.reverse().join('')}` : `${kept.join('')}…`;
}

/** The text in lines of at most so many columns, broken at spaces where there are any. */
export function wrapped(text: string, width: number): string[] {
  if (displayWidth(text) <= width) return [text];
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const piece of text.split(/(?<=\s)(?=\S)/)) {
    const wide = displayWidth(piece.trimEnd());
    if (used > 0 && used + wide > width) {
      lines.push(line.trimEnd());
      line = '';
      used = 0;
    }
    let rest = piece;
    while (displayWidth(rest.trimEnd()) > width) {
      const head = headOf(rest, width);
      lines.push(head);
      rest = rest.slice(head.length);
    }
    line += rest;
    used += displayWidth(rest);
  }
  if (line.trimEnd() !== '') lines.push(line.trimEnd());
  return lines;
}

/** As many characters from the front as fit, and at least one, so that a loop over it ends. */
function headOf(text: string, width: number): string {
  let used = 0;
  let end = 0;
  for (const { segment, index } of graphemes.segment(text)) {
    used += widthOf(segment);
    if (used > width && end > 0) break;
    end = index + segment.length;
  }
  return text.slice(0, end);
}

function widthOf(grapheme: string): number {
  if (PLAIN.test(grapheme)) return grapheme.length;
  if (ZERO.test(grapheme)) return 0;
  return WIDE.test(grapheme) ? 2 : 1;
}
