// The suite as the author of another back end would run it, with the test runner that Node brings.
import { test } from 'node:test';
import { openStore } from 'holdfast';
import { conformance } from 'holdfast/conformance';

const location = 'memory:with-node-test';
conformance({
  test,
  open: (options) => openStore(location, options),
  reopen: (_store, options) => openStore(location, options),
});
