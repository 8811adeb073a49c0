// One of several processes that run the whole suite at once on one store. Tells its parent how
// each case ended and ends by itself, also when the parent is gone.
import { openStore } from 'holdfast';
import { conformance } from 'holdfast/conformance';

const [location] = process.argv.slice(2);
const open = (options) => openStore(location, options);
const cases = [];

const orphaned = () => process.exit(1);
process.on('disconnect', orphaned);
conformance({
  test: (title, run) => cases.push({ title, run }),
  open,
  reopen: (_store, options) => open(options),
  skip: () => undefined,
  // Several of these share a machine with all the other tests.
  patienceMs: 120_000,
});

for (const { title, run } of cases) {
  try {
    await run();
    process.send({ title });
  } catch (error) {
    process.send({ title, failure: error.stack ?? String(error) });
  }
}
process.off('disconnect', orphaned);
process.send({ ended: cases.length }, () => process.disconnect());
