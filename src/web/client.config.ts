import { fileURLToPath } from "node:url";
import { minify } from "terser";
import { build, type Plugin } from "vite";

const entry = fileURLToPath(new URL("../client/index.ts", import.meta.url));

/**
 * The client as modules, as small as they get, by their file names: `client.js`, and below `client/` the parts that it
 * fetches when they are first needed. A part's name changes with what is in it.
 */
export async function bundleClient(): Promise<ReadonlyMap<string, string>> {
  const result = await build({
    configFile: false,
    logLevel: "warn",
    build: {
      write: false,
      target: "es2022",
      // As a library, for which Vite adds nothing of its own where a part is imported.
      lib: { entry, formats: ["es"] },
      rolldownOptions: {
        // The parts take what they have in common with the entry from there.
        preserveEntrySignatures: "allow-extension",
        output: {
          entryFileNames: "client.js",
          chunkFileNames: "client/[name]-[hash:8].js",
          minify: true,
          comments: false,
        },
      },
    },
  });
  const [bundle] = [result].flat();
  const chunks = bundle && "output" in bundle ? bundle.output : [];
  const modules = new Map<string, string>();
  for (const chunk of chunks)
    if (chunk.type === "chunk") modules.set(chunk.fileName, await smallest(chunk.code));
  return modules;
}

/** What Vite's own minifier leaves: a hundredth, which is what the entry needs to stay within its 8 kB. */
async function smallest(code: string): Promise<string> {
  // What is unsafe about arrows is `this` and `new`, of which the client's functions know nothing.
  const compress = { passes: 3, hoist_funs: true, unsafe_arrows: true };
  const { code: smaller } = await minify(code, { module: true, ecma: 2020, compress });
  if (smaller === undefined) throw new Error("There is nothing left of a module.");
  return smaller;
}

/** Lays the client beside the pages, as `client.js` and its parts. */
export function clientBundle(): Plugin {
  return {
    name: "carillon-client",
    async generateBundle() {
      for (const [fileName, source] of await bundleClient()) {
        this.emitFile({ type: "asset", fileName, source });
      }
    },
  };
}
