import { readFileSync } from "node:fs";
import { findChannel } from "../../src/channels/access.ts";
import { events } from "../../src/config/events.ts";
import { routes } from "../../src/config/routes.ts";
import { settingsTable } from "../../src/config/settings.ts";
import { metrics } from "../../src/operation/metrics.ts";
import { closeReasons } from "../../src/protocol/close-codes.ts";
import { clientFrame, serverFrame } from "../../src/protocol/frames.ts";

const read = (path: string) => readFileSync(path, "utf8");
const protocol = read("src/protocol/carillon.v1.md");
const configuration = read("wrangler.toml");
const commands = new Set(
  [...read("package.json").matchAll(/^ {4}"([\w:]+)": /gm)].map(([, name]) => `npm run ${name}`),
);

/** The service's routes as `GET /health`, read from their documentation. */
const served = new Set(
  [...read("src/http/documentation/routes.ts").matchAll(/method: "(\w+)",\s+path: "([^"]+)"/g)].map(
    ([, method, path]) => `${method?.toUpperCase()} ${path}`,
  ),
);

/** The names under which an event of the routing table goes out. */
const delivered = Object.values(routes)
  .flatMap((deliveries) => Object.values<object>(deliveries))
  .flatMap((delivery) => ("event" in delivery ? [delivery.event] : []));

const frames = new Set(
  [...clientFrame.options, ...serverFrame.options].map(({ shape }) => shape.type.value as string),
);

const isChannel = (name: string) => {
  try {
    return findChannel(name.replace(/\{\w+\}/g, "x")).rule !== undefined;
  } catch {
    return false;
  }
};

/** What looks like a name of ours, by its form, and whether there is such a thing. */
const kinds: readonly [form: RegExp, exists: (name: string) => boolean][] = [
  [/^(GET|POST|PUT|DELETE) \/\S*$/, (name) => served.has(name.replace(/\?.*/, ""))],
  [/^\/\S*$/, (name) => [...served].some((route) => route.split(" ")[1] === name.replace(/\?.*/, ""))],
  [
    /^[A-Z][A-Z_]+(=.*)?$/,
    (name) => {
      const word = name.replace(/=.*/, "");
      return word in settingsTable || word in events || configuration.includes(`name = "${word}"`);
    },
  ],
  [
    /^\d{4} \w+$/,
    (name) => Object.entries(closeReasons).some(([reason, { code }]) => name === `${code} ${reason}`),
  ],
  [
    /^[a-z]\w*(:[\w{}-]+)+$/,
    (name) =>
      name in events || delivered.includes(name) || protocol.includes(`\`${name}\``) || isChannel(name),
  ],
  [/^carillon_\w+$/, (name) => name in metrics],
  [/^npm run /, (name) => commands.has(name)],
  [/^frame \w+$/, (name) => frames.has(name.slice("frame ".length))],
];

/** Whether it looks like a route, an event, a channel, a setting, a close code, a metric, a command or a frame of ours. */
export function looksLikeOurs(name: string): boolean {
  return kinds.some(([form]) => form.test(name));
}

/** Whether there is what a name looks like; true where it looks like nothing. */
export function isOurs(name: string): boolean {
  return kinds.every(([form, exists]) => !form.test(name) || exists(name));
}
