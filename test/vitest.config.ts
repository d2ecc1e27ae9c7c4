import { fileURLToPath } from "node:url";
import { cloudflareTest } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL("..", import.meta.url));

// Three suites: logic and objects inside the Workers runtime, the service over the network, and its pages in a browser.
export default defineConfig({
  root,
  test: {
    projects: [
      {
        root,
        plugins: [
          cloudflareTest({
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: {
              bindings: {
                ENVIRONMENT: "development",
                JWT_SECRET: "dev-only-secret-for-tests,dev-only-older-secret",
                PUBLISH_KEYS: "dev:dev-only-publish-key,other:dev-only-other-key",
              },
            },
          }),
        ],
        test: {
          name: "workers",
          testTimeout: 20_000,
          setupFiles: ["./test/objects/settle.ts"],
          include: ["test/{auth,channels,config,delivery,http,objects,protocol}/**/*.test.ts"],
        },
      },
      {
        root,
        test: {
          name: "network",
          include: ["test/{layout,cli,network,publisher}/**/*.test.ts"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        root,
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 90_000,
        },
      },
    ],
  },
});
