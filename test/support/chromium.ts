import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { arch, platform } from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Browser, chromium } from "playwright-core";
import { z } from "zod";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Run in a process of its own, because importing the package changes the environment. */
const UNPACK = `import chromium from "@sparticuz/chromium"; await chromium.executablePath();`;

/** Quiet, self-contained and without a sandbox, which containers rarely allow. Web security stays as users have it. */
const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
  "--no-first-run",
  "--font-render-hinting=none",
];

/**
 * Starts a real headless Chromium; the caller closes it.
 *
 * `CHROME_PATH` names one to use. Without it, Linux on x64 takes the one that comes as an npm package and needs
 * nothing of the system; elsewhere the Chrome that is installed is used.
 *
 * @throws {Error} when there is none, saying what to do.
 */
export async function launchChromium(): Promise<Browser> {
  const named = process.env.CHROME_PATH;
  if (named) return chromium.launch({ executablePath: named, args: ARGS });
  if (platform === "linux" && arch === "x64") return launchPackaged();
  try {
    return await chromium.launch({ channel: "chrome", args: ARGS });
  } catch (cause) {
    throw new Error("Browser tests need Chrome here: install it, or set CHROME_PATH to a Chromium.", {
      cause,
    });
  }
}

async function launchPackaged(): Promise<Browser> {
  const home = await unpacked();
  const { LD_LIBRARY_PATH = "", ...inherited } = process.env;
  return chromium.launch({
    executablePath: join(home, "chromium"),
    args: ARGS,
    env: {
      ...inherited,
      // Chromium links NSS and expat, which small images lack; the package brings them.
      LD_LIBRARY_PATH: [join(home, "al2023", "lib"), LD_LIBRARY_PATH].filter((path) => path !== "").join(":"),
      FONTCONFIG_FILE: join(home, "fonts.conf"),
    },
  });
}

/**
 * Unpacks the npm package's Chromium once, under node_modules, and gives the folder.
 *
 * The package unpacks into the system's temporary folder and takes what it finds there as whole, which fails when two
 * test files start at once and would run any file that someone else put there. So it works in a folder of its own,
 * which then gets its final name in one step.
 */
async function unpacked(): Promise<string> {
  const manifest = await readFile(join(ROOT, "node_modules/@sparticuz/chromium/package.json"), "utf8");
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(manifest));
  const cache = join(ROOT, "node_modules/.cache");
  const home = join(cache, `chromium-${version}`);
  if (existsSync(home)) return home;
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(join(cache, "chromium-draft-"));
  try {
    await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", UNPACK], {
      cwd: ROOT,
      env: {
        ...process.env,
        TMPDIR: draft,
        // The package's own way to be asked for its shared libraries too.
        AWS_LAMBDA_JS_RUNTIME: "nodejs24.x",
      },
    });
    await writeFile(join(draft, "fonts.conf"), fontsConf(join(home, "fonts")));
    await rename(draft, home);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Another process may have been faster.
    if (!existsSync(home)) throw error;
  }
  return home;
}

/** The machine's typefaces if it has any, and the one that the package brings. */
function fontsConf(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${folder}</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;
}
