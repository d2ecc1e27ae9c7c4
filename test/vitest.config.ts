import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cloudflareTest } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The Workers runtime, with the service's own bindings. */
const runtime = () =>
  cloudflareTest({
    wrangler: { configPath: "./wrangler.toml" },
    miniflare: {
      bindings: {
        ENVIRONMENT: "development",
        // What is told of every connection would drown what a failing test tells.
        LOG_LEVEL: "error",
        JWT_SECRET: "dev-only-secret-for-tests,dev-only-older-secret",
        PUBLISH_KEYS: "dev:dev-only-publish-key,other:dev-only-other-key",
        // What one file counts is not to be handed over in the middle of another.
        METRICS_SECONDS: "0",
        // As where nobody has set them, whatever the demo does (.dev.vars).
        OPERATOR_ROLES: "",
        BROADCAST_ROLES: "",
        TIME_ZONE: "",
        // Whoever comes in one test would be told to the administrators of another; the tests of presence name some.
        PRESENCE_CHANNELS: "none",
      },
    },
  });

/**
 * Runs that are drawn at random: what they set going may outlast them, and they change what all objects go by; and
 * statistics, which count all that there is.
 */
const drawn = [
  ...["broadcasts", "inbox-devices", "interleavings", "isolation", "joins-and-leaves", "statistics"],
].map((name) => `test/objects/${name}.test.ts`);

/** The package by its own name, as it is here and not as it was built. */
const named = {
  "carillon/react/style.css": join(root, "src/react/style.css"),
  "carillon/react": join(root, "src/react/index.ts"),
  "carillon/client": join(root, "src/client/index.ts"),
  "carillon/testing": join(root, "src/client/testing/index.ts"),
};

// Eight suites: logic inside the Workers runtime, the objects there, runs of theirs that are drawn, the client in Node, the
// React package and the pages' own logic without a browser, the service over the network, and its pages in a browser. The
// files of each of the first two share a runtime: one of its own for each file took three times as long. What a file leaves
// behind is taken away by settle.ts.
export default defineConfig({
  root,
  test: {
    // They wait more than they work: three do no more at a time than two cores can.
    maxWorkers: 3,
    projects: [
      {
        root,
        plugins: [runtime()],
        test: {
          name: "workers",
          isolate: false,
          setupFiles: ["./test/objects/settle.ts"],
          testTimeout: 20_000,
          include: ["test/{auth,channels,config,delivery,http,operation,protocol}/**/*.test.ts"],
        },
      },
      {
        root,
        plugins: [runtime()],
        test: {
          name: "objects",
          isolate: false,
          setupFiles: ["./test/objects/settle.ts"],
          testTimeout: 20_000,
          include: ["test/objects/**/*.test.ts"],
          exclude: drawn,
        },
      },
      {
        root,
        plugins: [runtime()],
        test: {
          name: "drawn",
          setupFiles: ["./test/objects/settle.ts"],
          testTimeout: 20_000,
          include: drawn,
        },
      },
      {
        root,
        resolve: { alias: named },
        test: {
          name: "client",
          isolate: false,
          include: ["test/client/**/*.test.ts"],
          setupFiles: ["./test/client/preload.ts"],
        },
      },
      {
        root,
        resolve: { alias: named },
        test: { name: "react", isolate: false, include: ["test/react/**/*.test.{ts,tsx}"] },
      },
      {
        root,
        test: { name: "web", isolate: false, include: ["test/web/**/*.test.ts"] },
      },
      {
        root,
        test: {
          name: "network",
          isolate: false,
          include: ["test/{layout,cli,network,publisher}/**/*.test.ts"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        root,
        test: {
          name: "browser",
          isolate: false,
          include: ["test/browser/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 90_000,
        },
      },
    ],
  },
});
