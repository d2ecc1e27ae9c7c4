import { z } from "zod";
import manifest from "../../../package.json" with { type: "json" };
import { answers } from "./answers.ts";
import { type Asker, type DocumentedRoute, routes, tags } from "./routes.ts";

type Json = Readonly<Record<string, unknown>>;

/** The OpenAPI document, made of the schemas by which requests are checked. */
export function openApi(): Json {
  return {
    openapi: "3.1.0",
    info: {
      title: "Carillon",
      version: manifest.version,
      summary: manifest.description,
      description:
        "What the fields mean is told in docs/http.md, and the frames of the sockets in carillon.v1.md.",
      license: { name: manifest.license, identifier: manifest.license },
    },
    servers: [{ url: "/", description: "The service that tells this." }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths: pathsOf(routes),
    components: {
      schemas: { Problem: schemaOf(answers.problem, "output") },
      securitySchemes: {
        key: { type: "http", scheme: "bearer", description: "A secret of PUBLISH_KEYS." },
        token: { type: "http", scheme: "bearer", bearerFormat: "JWT", description: "A user's token." },
        ticket: { type: "apiKey", in: "query", name: "token", description: "A ticket, or a user's token." },
      },
    },
  };
}

/** A path as OpenAPI writes it. */
export function documentedPath(path: string): string {
  return path.replaceAll(/:(\w+)/g, "{$1}");
}

function pathsOf(all: readonly DocumentedRoute[]): Json {
  const byPath = Map.groupBy(all, ({ path }) => documentedPath(path));
  const operations = (some: readonly DocumentedRoute[]) =>
    Object.fromEntries(some.map((route) => [route.method, operationOf(route)]));
  return Object.fromEntries([...byPath].map(([path, some]) => [path, operations(some)]));
}

function operationOf(route: DocumentedRoute): Json {
  const { name, tag, who, summary, body, path, query = {} } = route;
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, parameter = ""]) => ({
    ...{ name: parameter, in: "path", required: true, schema: { type: "string" } },
  }));
  const inQuery = Object.entries(query).map(([parameter, schema]) => {
    const { description, ...rest } = schemaOf(schema, "input");
    return { name: parameter, in: "query", ...(description ? { description } : {}), schema: rest };
  });
  const parameters = [...inPath, ...inQuery];
  return {
    operationId: name,
    tags: [tag],
    summary,
    description: whoMayAsk[who],
    security: securityOf(who),
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: {
        required: !body.isOptional,
        content: { "application/json": { schema: schemaOf(body.schema, "input") } },
      },
    }),
    responses: {
      ...successOf(route),
      "4XX": problem("The request is refused; `code` says why."),
      "5XX": problem("The service failed, or has too much to do; try again after `Retry-After`."),
    },
  };
}

const mediaTypes = { html: "text/html", text: "text/plain", script: "text/javascript" } as const;

function successOf({ answer, other }: DocumentedRoute): Json {
  if (other === "upgrade") return { "101": { description: "A WebSocket that speaks carillon.v1." } };
  const content = answer
    ? { "application/json": { schema: schemaOf(answer, "output") } }
    : { [mediaTypes[other ?? "html"]]: { schema: { type: "string" } } };
  return { "200": { description: "Done.", content } };
}

function problem(description: string): Json {
  const schema = { $ref: "#/components/schemas/Problem" };
  return { description, content: { "application/problem+json": { schema } } };
}

const whoMayAsk: Readonly<Record<Asker, string>> = {
  anyone: "For anyone.",
  user: "For a user.",
  publisher: "For a publish key.",
  "publisher or user": "For a publish key or a user's token.",
  operator: "For an operator: a publish key that is not limited, or a user with one of OPERATOR_ROLES.",
  development: "For anyone, in development only.",
};

function securityOf(who: Asker): Json[] {
  const [key, token, ticket] = [{ key: [] }, { token: [] }, { ticket: [] }];
  if (who === "anyone" || who === "development") return [];
  if (who === "user") return [token, ticket];
  return who === "publisher" ? [key] : [key, token];
}

function schemaOf(schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return rest;
}
