import { ask } from "./answer.ts";
import { textAt } from "./json.ts";

/** Whether the service hands out tokens and publishes for this page, or wants real credentials. */
export type Environment = "development" | "production";

export interface Health {
  readonly environment: Environment;
  readonly version: string;
}

/** What the service says of itself; `undefined` when it does not answer as expected. */
export async function fetchHealth(): Promise<Health | undefined> {
  const answer = await ask("GET", "/health");
  if (answer.kind !== "ok") return undefined;
  return {
    environment: textAt(answer.body, "environment") === "development" ? "development" : "production",
    version: textAt(answer.body, "version") ?? "",
  };
}
