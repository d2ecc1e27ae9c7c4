import { writeDevVars } from "./dev-vars.ts";

// Runs before the pages are built, and so before `wrangler dev` reads its settings: `npx wrangler dev` alone works
// on a fresh clone.
if (writeDevVars(process.cwd())) console.log("Wrote .dev.vars from .dev.vars.example.");
