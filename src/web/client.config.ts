import { fileURLToPath } from "node:url";
import { build, type Plugin } from "vite";

const entry = fileURLToPath(new URL("../client/index.ts", import.meta.url));

/** The client as one module, as small as it gets. */
export async function bundleClient(): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: "warn",
    build: {
      write: false,
      target: "es2022",
      modulePreload: false,
      rolldownOptions: {
        input: { client: entry },
        preserveEntrySignatures: "strict",
        output: { entryFileNames: "client.js", minify: true },
      },
    },
  });
  const [bundle, ...others] = "output" in result ? result.output : [];
  if (bundle?.type !== "chunk" || others.length > 0) throw new Error("The client is not one module.");
  return bundle.code;
}

/** Lays the client beside the pages, as `client.js`. */
export function clientBundle(): Plugin {
  return {
    name: "carillon-client",
    async generateBundle() {
      this.emitFile({ type: "asset", fileName: "client.js", source: await bundleClient() });
    },
  };
}
