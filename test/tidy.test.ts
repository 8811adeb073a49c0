import { describe, expect, it } from 'vitest';
import { importsOf, wrongArrows } from './tidy/arrows.ts';
import {
  badNames,
  errorsWithoutCode,
  foreignText,
  longFiles,
  longFunctions,
  silencedCompiler,
  swallowedErrors,
  worldOutsideTheSeam,
} from './tidy/rules.ts';
import {
  isLibrary,
  isPage,
  isProgram,
  isTest,
  ROOT,
  repositoryFiles,
  sourceFile,
} from './tidy/source-files.ts';

const files = repositoryFiles();
const programs = files.filter(isProgram);
const library = files.filter(isLibrary);
const product = library.filter((file) => !isTest(file));
const sample = /^examples\/openclaw\/state-dir\//;
/** Bytes that mean nothing as text, whatever they spell. */
const picture = /\.png$/;

describe('the source', () => {
  it('is there to be looked at', () => {
    expect(library.length).toBeGreaterThan(50);
  });

  it('imports along the arrows of the design', () => {
    expect([...library, ...files.filter(isPage)].flatMap(wrongArrows)).toEqual([]);
  });

  it('touches files, clocks, timers and chance only in src/system', () => {
    expect(product.flatMap(worldOutsideTheSeam)).toEqual([]);
  });

  it('makes errors with a code', () => {
    expect(product.flatMap(errorsWithoutCode)).toEqual([]);
  });

  it('swallows no error', () => {
    expect(programs.flatMap(swallowedErrors)).toEqual([]);
  });

  it('silences no error of the compiler', () => {
    expect(library.flatMap(silencedCompiler)).toEqual([]);
  });

  it('has one idea in a file', () => {
    expect(programs.flatMap(longFiles)).toEqual([]);
  });

  it('has functions that fit on a screen', () => {
    const bodies = programs.filter((file) => !isTest(file));
    expect(bodies.flatMap(longFunctions)).toEqual([]);
  });

  it('has names that say what a file is', () => {
    expect(programs.flatMap(badNames)).toEqual([]);
  });

  it('holds no promise to do something later, no host and no path of one machine', () => {
    const texts = files.filter(({ path }) => !sample.test(path) && !picture.test(path));
    expect(texts.flatMap((file) => foreignText(file, ROOT))).toEqual([]);
  });
});

describe('the package', () => {
  it('depends on what the source imports, and on nothing else', () => {
    const packages = product.flatMap((file) => {
      // The addon is loaded with `require`, when it is first needed.
      const required = [...file.code.matchAll(/createRequire\([^)]*\)\('([^']+)'\)/g)];
      return [...importsOf(file), ...required.map((match) => match[1] ?? '')];
    });
    const used = packages
      .filter((name) => !/^(node:|\.)/.test(name))
      .map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name);
    const manifest = JSON.parse(files.find(({ path }) => path === 'package.json')?.text ?? '{}');
    expect([...new Set(used)].sort()).toEqual(Object.keys(manifest.dependencies).sort());
  });
});

describe('the lock file', () => {
  it('has every package that another one names, of all systems', () => {
    const lock = JSON.parse(files.find(({ path }) => path === 'package-lock.json')?.text ?? '{}');
    const packages: Record<string, { [kind: string]: Record<string, string> }> = lock.packages;
    const named = Object.values(packages).flatMap(({ dependencies, optionalDependencies }) =>
      Object.keys({ ...dependencies, ...optionalDependencies }),
    );
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !(`node_modules/${name}` in packages))).toEqual([]);
  });
});

describe('a rule of the house', () => {
  const at = (path: string, text: string) => sourceFile(path, text);
  const long = `export function f() {\n${'  f();\n'.repeat(69)}}\n`;
  const method = `class A {\n  async f(a: B): Promise<C> {\n${'    f();\n'.repeat(69)}  }\n}\n`;

  it.each<[string, string[]]>([
    ['a wrong arrow', wrongArrows(at('src/model/a.ts', "import '../store/b.ts';"))],
    [
      'another back end',
      wrongArrows(at('src/backends/files/a.ts', "import { b } from '../memory/b.ts';")),
    ],
    [
      'a page that reaches into the program',
      wrongArrows(at('src/inspector/page/a.ts', "import { b } from '../live-index.ts';")),
    ],
    ['a part without arrows', wrongArrows(at('src/extra/a.ts', ''))],
    [
      'a step out of the source',
      wrongArrows(at('src/store/a.ts', "await import('../../test/b.ts')")),
    ],
    ['a file system', worldOutsideTheSeam(at('src/store/a.ts', "import fs from 'node:fs';"))],
    ['a clock', worldOutsideTheSeam(at('src/backends/files/a.ts', 'const t = Date.now();'))],
    ['a timer', worldOutsideTheSeam(at('src/store/a.ts', 'setTimeout(f, 5);'))],
    ['chance', worldOutsideTheSeam(at('src/openclaw/a.ts', 'Math.random()'))],
    ['an error without a code', errorsWithoutCode(at('src/store/a.ts', "throw new Error('x')"))],
    [
      'an empty catch',
      swallowedErrors(at('src/store/a.ts', 'try {\n} catch {\n  // never mind\n}')),
    ],
    ['a dropped rejection', swallowedErrors(at('src/a.ts', `work()${'.catch'}(() => {});`))],
    ['a silenced compiler', silencedCompiler(at('src/a.ts', '// @ts-ignore'))],
    ['a long file', longFiles(at('src/a.ts', 'x\n'.repeat(251)))],
    ['a long test', longFiles(at('test/a.test.ts', 'x\n'.repeat(401)))],
    ['a long function', longFunctions(at('src/a.ts', long))],
    ['a long method', longFunctions(at('src/a.ts', method))],
    ['an empty name', badNames(at('src/store/utils.ts', ''))],
    ['a name in camel case', badNames(at('src/store/sessionKey.ts', ''))],
    ['a promise', foreignText(at('docs/a.md', `${'TO'}${'DO'}: more`), '/nowhere')],
    ['a path of this machine', foreignText(at('a.md', 'see /some/where/x.ts'), '/some/where/')],
  ])('catches %s', (_name, found) => {
    expect(found).toHaveLength(1);
  });

  it('lets good code pass', () => {
    const good = at(
      'src/store/lane.ts',
      "import { join } from 'node:path';\nimport { a } from '../model/a.ts';\n// new Error( in a comment\n",
    );
    const rules = [wrongArrows, worldOutsideTheSeam, errorsWithoutCode, swallowedErrors];
    const more = [silencedCompiler, longFiles, longFunctions, badNames];
    expect([...rules, ...more].flatMap((rule) => rule(good))).toEqual([]);
    expect(longFunctions(at('src/a.ts', long.replace('  f();\n', '')))).toEqual([]);
  });
});
