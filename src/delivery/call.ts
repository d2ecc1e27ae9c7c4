/** How often, and how patiently, an object is called. */
export interface CallPolicy {
  /** Tries in all. */
  readonly attempts: number;
  readonly wait: (ms: number) => Promise<void>;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Whether another try makes sense; what the platform says of an object unless it is given. */
  readonly mayBeRetried?: (error: unknown) => boolean;
}

const FIRST_DELAY = 50;

/**
 * Calls an object, and calls it again where that makes sense: each time on a fresh stub, since a stub that failed
 * stays broken, after a delay that doubles and is spread at random. The call must be one that may be repeated.
 *
 * @throws what the last try threw.
 */
export async function callObject<Result>(
  call: () => Promise<Result>,
  { attempts, wait, random, mayBeRetried: isWorthwhile = mayBeRetried }: CallPolicy,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (attempt >= attempts || !isWorthwhile(error)) throw error;
      await wait(FIRST_DELAY * 2 ** (attempt - 1) * (0.5 + random()));
    }
  }
}

/** Whether the platform says that the object has too much to do. */
export function isOverloaded(error: unknown): boolean {
  return typeof error === "object" && error !== null && "overloaded" in error && error.overloaded === true;
}

/**
 * Whether the platform says that another try may succeed. An overloaded object is made worse by more calls. An
 * object that was reset says so; what it had begun is repeated with the same ids.
 * https://developers.cloudflare.com/durable-objects/best-practices/error-handling/
 */
export function mayBeRetried(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return false;
  const { retryable, overloaded, durableObjectReset } = error as {
    retryable?: unknown;
    overloaded?: unknown;
    durableObjectReset?: unknown;
  };
  return overloaded !== true && (retryable === true || durableObjectReset === true);
}
