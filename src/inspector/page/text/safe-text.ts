/**
 * Text of a store on its way to the eye. Keys, labels and transcripts hold what strangers wrote: a
 * bidi mark would show another name than the one that is there, a control character nothing at all.
 * What has no shape of its own is written as its number, as the command line does.
 */

/** Controls, format characters (bidi, tags, byte order marks), lone surrogates, separators, fillers. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|\u034f|\u115f|\u1160|\u3164|\uffa0/gu;

/** Joiners build emoji and shape Arabic or Indic script; there they stand between such characters. */
const JOINERS = new Set(['\u200c', '\u200d']);

/** A text on one line. */
export function safeLine(text: string): string {
  return text.replace(UNSEEN, (found, offset: number) =>
    JOINERS.has(found) && joins(text, offset) ? found : escaped(found),
  );
}

/** A text that keeps its line breaks and tabs. */
export function safeText(text: string): string {
  return text.replace(UNSEEN, (found, offset: number) => {
    if (found === '\n' || found === '\t') return found;
    if (found === '\r' && text[offset + 1] === '\n') return '';
    return JOINERS.has(found) && joins(text, offset) ? found : escaped(found);
  });
}

function joins(text: string, offset: number): boolean {
  return text.charCodeAt(offset - 1) > 0xff && text.charCodeAt(offset + 1) > 0xff;
}

function escaped(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\r') return '\\r';
  if (character === '\t') return '\\t';
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  if (code < 0x100) return `\\x${digits.padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${digits.padStart(4, '0')}` : `\\u{${digits}}`;
}
