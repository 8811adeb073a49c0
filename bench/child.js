/**
 * The beginning of every measured process: it is told its job, does it, and tells the result. A job
 * that needs a common start awaits `ready()`; one that runs until it is told to stop awaits `stopped`.
 */
let begin;
let stop;
const began = new Promise((resolve) => {
  begin = resolve;
});
const stopped = new Promise((resolve) => {
  stop = resolve;
});

// Without its parent a measurement is worth nothing; no child outlives it.
process.once('disconnect', () => process.exit(1));

process.on('message', (message) => {
  if (message.kind === 'begin') begin();
  else if (message.kind === 'stop') stop();
  else work(message).then(tell, (error) => tell({ error: error?.stack ?? String(error) }));
});

async function work({ job, options }) {
  const { run } = await import(`./jobs/${job}.js`);
  const ready = (facts) => {
    process.send({ kind: 'ready', facts });
    return began;
  };
  return { value: await run(options, { ready, stopped }) };
}

function tell(result) {
  process.send({ kind: 'result', ...result }, () => process.exit(0));
}
