/**
 * Text of a store on its way to a terminal. Keys, labels and transcripts hold what strangers wrote:
 * an escape sequence would colour, move or answer for the reader, a bidi mark would show another
 * name than the one that is there. What has no shape of its own is written as its number.
 */

/** Controls, format characters (bidi, tags, byte order marks), lone surrogates, separators, fillers. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|\u034f|\u115f|\u1160|\u3164|\uffa0/gu;

/** Joiners build emoji and shape Arabic or Indic script; there they stand between such characters. */
const JOINERS = new Set(['\u200c', '\u200d']);

const SHORT_FORMS: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\x1b', '\\x1b'],
]);

/** One line: line breaks and tabs are written as `\n` and `\t` too. */
export function safeLine(text: string): string {
  return text.replace(UNSEEN, (found, offset: number) =>
    JOINERS.has(found) && joins(text, offset) ? found : escaped(found),
  );
}

/** The lines of a text, each safe; tabs become two spaces. */
export function safeLines(text: string): string[] {
  return text.split(/\r\n|\n/).map((line) => safeLine(line.replaceAll('\t', '  ')));
}

function joins(text: string, offset: number): boolean {
  const before = text.charCodeAt(offset - 1);
  const after = text.charCodeAt(offset + 1);
  return before > 0xff && after > 0xff;
}

function escaped(character: string): string {
  const short = SHORT_FORMS.get(character);
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  if (code < 0x100) return `\\x${digits.padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${digits.padStart(4, '0')}` : `\\u{${digits}}`;
}
