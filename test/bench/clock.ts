/**
 * Microseconds of the machine's monotonic clock. All processes of a machine read the same one, so that the moment of
 * publishing in one process can be taken from the moment of receiving in another.
 */
export function microseconds(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1_000_000 + nanoseconds / 1000;
}
