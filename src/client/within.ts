import type { Platform, Timer } from "./platform.ts";

/** What was promised, if it comes within so many ms. @throws {Error} where it does not, or what it rejects with. */
export async function within<Value>(platform: Platform, ms: number, promise: Promise<Value>): Promise<Value> {
  let timer: Timer | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = platform.setTimeout(() => reject(new Error("It took too long.")), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    platform.clearTimeout(timer);
  }
}
