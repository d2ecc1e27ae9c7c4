import type { Platform } from "./platform.ts";

/** What was promised, if it comes within so many ms. @throws {Error} where it does not, or what it rejects with. */
export function within<Value>(platform: Platform, ms: number, promise: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = platform.setTimeout(() => reject(new Error("It took too long.")), ms);
    promise.then(resolve, reject).finally(() => platform.clearTimeout(timer));
  });
}
