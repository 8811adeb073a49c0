/** A gateway with two web chats: `node examples/gateway/main.js [--dir D] [--port N] [--open]`. */
import { parseArgs } from 'node:util';
import { GATEWAY_HELP, GATEWAY_OPTIONS, gatewayOptions } from './options.js';
import { runGateway } from './run-gateway.js';

const HELP = `node examples/gateway/main.js [--dir D] [--port N] [--open]

  --dir D        keep the store and the secret of the link there (default: state/ beside this file)
${GATEWAY_HELP}`;

try {
  const { values } = parseArgs({
    options: {
      ...GATEWAY_OPTIONS,
      dir: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) console.log(HELP);
  else await runGateway(gatewayOptions(values, values.dir));
} catch (error) {
  console.error(/** @type {Error} */ (error).message);
  process.exitCode = 2;
}
