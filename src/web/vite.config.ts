import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { clientBundle } from "./client.config.ts";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The folder of a scenario's pages. */
const scenarioOf = (id: string) => /\/portal\/(\w+)\//.exec(id)?.[1] ?? null;

// The pages that the service serves: the portals at `/`, the inspector at `/inspector`.
export default defineConfig({
  root: at("."),
  plugins: [react(), clientBundle()],
  publicDir: false,
  build: {
    outDir: at("../../dist/web"),
    emptyOutDir: true,
    // The pages' policy is `default-src 'self'`, which refuses data: addresses and inline scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { index: at("./index.html"), inspector: at("./inspector.html") },
      // The package, and the pages of a scenario, come whole: what is used together is asked for at once.
      output: {
        advancedChunks: {
          includeDependenciesRecursively: false,
          groups: [
            { name: "carillon", test: /\/src\/(react|client|protocol)\/.*\.tsx?$/ },
            {
              name: scenarioOf,
              test: /\/portal\/(certification|clinic|shop|exams|licensing|operation)\/.*\.tsx?$/,
            },
          ],
        },
      },
    },
  },
});
