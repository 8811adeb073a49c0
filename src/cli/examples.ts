/** The examples at the end of a command's help: what to type, and what it is for. */
export function examples(...lines: readonly [command: string, what: string][]): string {
  const width = Math.max(...lines.map(([command]) => command.length));
  const texts = lines.map(([command, what]) => `  ${command.padEnd(width)}  # ${what}`);
  return `\nExamples:\n${texts.join('\n')}`;
}
