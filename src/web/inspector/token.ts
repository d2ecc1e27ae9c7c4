import { ask } from "./answer.ts";
import { textAt } from "./json.ts";

/** Whom the person at this page wants to be. */
export interface Profile {
  readonly userId: string;
  readonly roles: readonly string[];
  readonly tenants: readonly string[];
}

/** A token, the news that this service hands none out (it is not in development), or a refusal. */
export type TokenAnswer =
  | { readonly kind: "token"; readonly token: string }
  | { readonly kind: "absent" }
  | { readonly kind: "refused"; readonly message: string };

/** Fetches a development token for a profile. */
export async function fetchToken({ userId, roles, tenants }: Profile): Promise<TokenAnswer> {
  const answer = await ask("POST", "/dev/token", { userId, roles, tenants });
  if (answer.kind !== "ok") return answer;
  const token = textAt(answer.body, "token");
  if (token === undefined) return { kind: "refused", message: "The answer of /dev/token has no token." };
  return { kind: "token", token };
}
