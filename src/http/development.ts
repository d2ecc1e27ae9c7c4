import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { z } from "zod";
import { issueDevToken } from "../auth/dev-token.ts";
import { identitySchema } from "../auth/identity.ts";
import { originAllowed } from "../auth/origin.ts";
import { CarillonError } from "../protocol/errors.ts";
import { readJson } from "./body.ts";
import type { AppEnv } from "./context.ts";
import { parseBody } from "./parse.ts";
import { publishBody } from "./publish.ts";

/** For whom a token of the demo is. */
export const tokenRequest = z.strictObject({
  userId: identitySchema.shape.userId,
  roles: identitySchema.shape.roles.exactOptional(),
  tenants: identitySchema.shape.tenants.exactOptional(),
  name: z.string().max(200).exactOptional(),
  locale: z.string().max(35).exactOptional(),
  ttl: z.number().int().min(1).max(2_592_000).exactOptional(),
});

/** Routes that exist in development only; elsewhere nobody can tell that they are there. */
export const developmentOnly = createMiddleware<AppEnv>(async (c, next) => {
  if (c.get("settings").ENVIRONMENT !== "development") {
    throw new CarillonError("not_found", "There is nothing at this address.");
  }
  // A page of anywhere could otherwise post here from a developer's browser.
  const origin = c.req.header("Origin") ?? null;
  if (!originAllowed(origin, new URL(c.req.url), c.get("settings"))) {
    throw new CarillonError(
      "origin_not_allowed",
      "Pages of this origin may not do that; see ALLOWED_ORIGINS.",
    );
  }
  await next();
});

/** `POST /dev/token`: a token for the demo, for whoever asks. */
export async function postDevToken(c: Context<AppEnv>): Promise<Response> {
  const settings = c.get("settings");
  const request = parseBody(tokenRequest, await readJson(c.req.raw, settings.MAX_BODY_BYTES));
  return c.json(await issueDevToken(request, settings, Date.now()));
}

/** `POST /dev/publish`: plays the backend for the pages of the demo; the key stays here. */
export async function postDevPublish(c: Context<AppEnv>): Promise<Response> {
  return publishBody(c, { kind: "everything" }, "the demo", "(demo)");
}
