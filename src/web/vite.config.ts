import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { clientBundle } from "./client.config.ts";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// The pages that the service serves. Each page is a folder; index.html in this folder is what `/` shows.
export default defineConfig({
  root: at("."),
  publicDir: false,
  plugins: [clientBundle()],
  build: {
    outDir: at("../../dist/web"),
    emptyOutDir: true,
    // The pages' policy is `default-src 'self'`, which refuses data: addresses and inline scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { index: at("./index.html") } },
  },
});
