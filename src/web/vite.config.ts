import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { clientBundle } from "./client.config.ts";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The folder that a module of a scenario lies in: the scenario's own, or that of those who see a part of it. */
const folderOf = (id: string) => /\/portal\/(?:[\w-]+\/)?([\w-]+)\/[^/]+$/.exec(id)?.[1] ?? null;

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
      output: {
        // What is used together is one file, so that nobody waits for many small ones or fetches what only others see.
        // A file brings along what it needs, but for what is in one above it.
        codeSplitting: {
          groups: [
            { name: "protocol", test: /\/src\/protocol\// },
            { name: "vendor", test: /\/node_modules\/(react|react-dom|zod)\// },
            { name: "index", test: /\/portal\/main\.tsx$/ },
            { name: "signed-in", test: /\/portal\/(signed-in\.tsx$|ui\/)/ },
            {
              ...{ debugName: "scenario", name: folderOf },
              test: /\/portal\/(certification|clinic|shop|exams|licensing|operation)\/[^/]+$/,
            },
            {
              ...{ debugName: "part of a scenario", name: folderOf },
              test: /\/portal\/(certification|clinic)\/\w+\//,
            },
          ],
        },
      },
    },
  },
});
