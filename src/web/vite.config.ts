import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { clientBundle } from "./client.config.ts";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

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
    rolldownOptions: { input: { index: at("./index.html"), inspector: at("./inspector.html") } },
  },
});
