import type { AddCommand } from '../call.ts';
import { CommandError } from '../command-error.ts';
import { examples } from '../examples.ts';
import { findStore } from '../find-store.ts';
import { safeLine } from '../safe-text.ts';

export const addMigrate: AddCommand = (program, runner) => {
  program
    .command('migrate')
    .summary('bring the schema in PostgreSQL up to date')
    .description(
      'Takes the missing steps of the schema of a store in PostgreSQL, makes it when there is none, and ' +
        'prints the steps that were taken. Opening a store does the same, unless its URL says ' +
        '?migrate=false. Safe while gateways run and from several places at once.',
    )
    .argument('[url]', 'the store; default: --store, $HOLDFAST_STORE')
    .addHelpText(
      'after',
      examples(
        ['holdfast migrate postgres://db/main', 'the schema "holdfast"'],
        ["holdfast migrate 'postgres://db/main?schema=test'", 'another schema'],
        ["holdfast migrate --json | jq '.taken'", 'what was done, for a script'],
      ),
    )
    .action((url: string | undefined, _options, command) =>
      runner.run(command, async (call) => {
        const { env, cwd } = call.shell;
        const option = url ?? command.optsWithGlobals().store;
        const location = findStore({ option, env, cwd, use: 'create' });
        if (!/^postgres(ql)?:/i.test(location)) {
          throw new CommandError('USAGE', 'Only a store in PostgreSQL has a schema.', {
            remedy: 'Give its URL: postgres://user@host:port/database.',
          });
        }
        // Loaded when it is needed: the other commands begin sooner without it.
        const { migratePostgres } = await import('../../open-postgres-store.ts');
        const report = await migratePostgres(location);
        if (call.json) await call.out.document(report);
        else await call.out.lines(report.taken.map((step) => `took step ${safeLine(step)}`));
        return undefined;
      }),
    );
};
