import { useEffect, useState } from "react";
import * as z from "zod/mini";

/** A service that is not well tells where it is all the same. */
const health = z.object({ environment: z.optional(z.string()) });

/** ms until it is asked again, where nothing answered. */
const AGAIN = 2000;

let asked: Promise<boolean> | undefined;

async function askHealth(): Promise<boolean> {
  try {
    const response = await fetch("/health");
    return health.parse(await response.json()).environment === "development";
  } catch {
    await new Promise((resolve) => setTimeout(resolve, AGAIN));
    return await askHealth();
  }
}

/**
 * Whether this service is a developer's own, which hands out tokens and lets the page play the backend.
 *
 * @returns nothing while it is not known.
 */
export function useDevelopment(): boolean | undefined {
  const [is, setIs] = useState<boolean>();
  useEffect(() => {
    let isHere = true;
    asked ??= askHealth();
    void asked.then((answer) => isHere && setIs(answer));
    return () => {
      isHere = false;
    };
  }, []);
  return is;
}
