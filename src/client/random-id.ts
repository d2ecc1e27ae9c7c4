/** An id that nobody else has: 20 letters and digits. Nothing is kept safe by it, so it may come from anywhere. */
export function randomId(): string {
  let id = "";
  while (id.length < 20) id += Math.random().toString(36).slice(2);
  return id.slice(0, 20);
}
