/** One promise of the source, broken on purpose, and the proof that must notice. */
export interface Mutant {
  /** In kebab-case, as on the command line. */
  readonly name: string;
  /** From the root of the repository. */
  readonly file: string;
  /** Text that is in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** The proof that must fail: file, and the beginning of the test's title. */
  readonly killedBy: { readonly file: string; readonly test: string };
}

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'torn-tail-not-cut',
    file: 'src/backends/files/cut-torn-tail.ts',
    find: '  fs.ftruncateSync(fd, from);\n',
    replace: '',
    killedBy: {
      file: 'test/files/torn-logs.test.ts',
      test: 'C.10 that ends in half a line',
    },
  },
];

export function mutantNamed(name: string): Mutant {
  const mutant = MUTANTS.find((one) => one.name === name);
  if (!mutant) throw new Error(`There is no mutant ${name}.`);
  return mutant;
}
