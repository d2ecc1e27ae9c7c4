import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Files that a process may open here; each connection is one. Programs raise their limit that far by themselves. */
export async function openFiles(): Promise<number> {
  const { stdout } = await promisify(execFile)("sh", ["-c", "ulimit -H -n"]);
  const limit = Number(stdout);
  return Number.isFinite(limit) ? limit : Number.POSITIVE_INFINITY;
}
