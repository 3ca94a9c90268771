/**
 * Loaded into Siskin's process with `--import`: its wall clock jumps an hour forward at the first SIGUSR2, and two
 * hours back at the second. The monotonic clock and everybody else's clock stay as they are.
 */
const RealDate = Date;
const hourMs = 3_600_000;
let offsetMs = 0;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [RealDate.now() + offsetMs] : args, newTarget),
  get: (target, key) => (key === 'now' ? () => RealDate.now() + offsetMs : Reflect.get(target, key)),
});

process.on('SIGUSR2', () => {
  offsetMs += offsetMs === 0 ? hourMs : -2 * hourMs;
});
