import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import * as clientEvents from "../config/client-events.ts";
import { events } from "../config/events.ts";
import { serverFrame } from "../protocol/frames.ts";
import { typeText } from "./schema-type.ts";

// Runs when the package is compiled, and makes of that what is published: types that come of schemas are written out, so
// that who installs the package needs nothing else, and what only the service needs is taken away.

const lib = join("dist", "lib");
const entries = ["client", "publisher", "react", "client/testing"].map((name) => join(lib, name, "index"));

writeFileSync(
  join(lib, "config/events.d.ts"),
  `/** What a publisher gives as the data of each event: fields with a default may be left out. */
export interface EventInputs ${eventTypes("input")}
/** The data of each event as it is once it was checked. */
export interface EventOutputs ${eventTypes("output")}
export type EventName = keyof EventInputs;
export type EventInput<Name extends EventName> = EventInputs[Name];
export type EventData<Name extends EventName> = EventOutputs[Name];
`,
);
writeFileSync(
  join(lib, "config/client-events.d.ts"),
  Object.entries(clientEvents)
    .map(([name, { schema }]) => {
      const output = typeText(schema, "output");
      return `export declare const ${name}: { readonly schema: { readonly _output: ${output} } };\n`;
    })
    .join(""),
);
writeFileSync(
  join(lib, "protocol/frames.d.ts"),
  `export type ServerFrame = ${typeText(serverFrame, "output")};
export type ServerFrameOf<Type extends ServerFrame["type"]> = Extract<ServerFrame, { type: Type }>;
`,
);

const needed = new Set<string>();
for (const entry of entries) for (const end of [".js", ".d.ts"]) need(entry + end);
for (const file of globSync(join(lib, "**/*.{js,d.ts}"))) if (!needed.has(resolve(file))) rmSync(file);

function eventTypes(io: "input" | "output"): string {
  const lines = Object.entries(events).map(([name, schema]) => {
    return `  ${JSON.stringify(name)}: ${typeText(schema, io)};\n`;
  });
  return `{\n${lines.join("")}}`;
}

/** Notes a file and whatever it imports: code that code imports, and types that types do. */
function need(path: string): void {
  const file = resolve(path);
  if (needed.has(file) || !existsSync(file)) return;
  needed.add(file);
  const isTypes = file.endsWith(".d.ts");
  for (const [, name = ""] of readFileSync(file, "utf8").matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)) {
    need(join(dirname(file), name.replace(/\.(d\.)?[jt]sx?$/, isTypes ? ".d.ts" : ".js")));
  }
}
