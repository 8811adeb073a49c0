import { CommanderError } from 'commander';
import { ERROR_CODES, type HoldfastError, isHoldfastError } from '../model/errors.ts';
import { CommandError } from './command-error.ts';
import { hidePasswords } from './hide-passwords.ts';
import { safeLine } from './safe-text.ts';

interface Told {
  code: string;
  message: string;
  remedy?: string;
  retry?: string;
  key?: string;
  candidates?: readonly string[];
  lastGood?: unknown;
  cause?: string;
}

/**
 * The text for standard error: `holdfast: <message> (<code>)` with candidates and the remedy below,
 * or one JSON object `{"error":{...}}`.
 */
export function errorText(error: unknown, json: boolean): string {
  return hidePasswords(textOf(error, json));
}

function textOf(error: unknown, json: boolean): string {
  const told = tell(error);
  if (json) return `${JSON.stringify({ error: told })}\n`;
  const lines = [`holdfast: ${safeLine(told.message)} (${told.code})`];
  if (told.cause !== undefined) lines.push(`  Cause: ${safeLine(told.cause)}`);
  for (const candidate of told.candidates ?? []) lines.push(`  ${safeLine(candidate)}`);
  if (told.remedy !== undefined) lines.push(`  ${safeLine(told.remedy)}`);
  if (told.code === 'FAULT' && error instanceof Error) lines.push(error.stack ?? '');
  return `${lines.join('\n')}\n`;
}

function tell(error: unknown): Told {
  if (error instanceof CommandError) {
    const { code, message, remedy, candidates } = error;
    return { code, message, remedy, ...(candidates.length > 0 ? { candidates } : {}) };
  }
  if (isHoldfastError(error)) return tellLibrary(error);
  if (error instanceof CommanderError) {
    const message = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
    return {
      code: 'USAGE',
      message,
      remedy: 'See `holdfast --help` or `holdfast <command> --help`.',
    };
  }
  return {
    code: 'FAULT',
    message: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    remedy: 'This is a fault in holdfast. Please report it with the lines below.',
  };
}

function tellLibrary(error: HoldfastError): Told {
  const { code, message, retry, key, lastGood, cause } = error;
  const told: Told = { code, message, remedy: ERROR_CODES[code].remedy, retry };
  if (key !== undefined) told.key = key;
  if (lastGood !== undefined) told.lastGood = lastGood;
  if (cause instanceof Error && !message.includes(cause.message)) told.cause = cause.message;
  return told;
}
