import type { SettingProblem, Settings } from "./settings.ts";

/** How long a secret must be, in bytes: as long as what HMAC-SHA256 makes of it. */
const SECRET_BYTES = 32;
/** The one in use, and its successor or predecessor. */
const MAX_SECRETS = 2;

const encoder = new TextEncoder();

/** What is wrong with the settings of webhooks. Where there is no address nothing is. */
export function webhookProblems({ WEBHOOK_URL, WEBHOOK_SECRET, ENVIRONMENT }: Settings): SettingProblem[] {
  if (WEBHOOK_URL === "") return [];
  const problems: SettingProblem[] = [];
  if (!isAddress(WEBHOOK_URL, ENVIRONMENT === "development")) {
    const message = "It is an address that begins with https://, without a user's name in it.";
    problems.push({ name: "WEBHOOK_URL", message });
  }
  if (WEBHOOK_SECRET.length === 0) {
    problems.push({ name: "WEBHOOK_SECRET", message: "Set WEBHOOK_SECRET, by which webhooks are signed." });
  }
  if (WEBHOOK_SECRET.some((secret) => encoder.encode(secret).length < SECRET_BYTES)) {
    const message = `Each secret has at least ${SECRET_BYTES} bytes.`;
    problems.push({ name: "WEBHOOK_SECRET", message });
  }
  if (WEBHOOK_SECRET.length > MAX_SECRETS) {
    const message = `There are at most ${MAX_SECRETS} secrets, during a rotation.`;
    problems.push({ name: "WEBHOOK_SECRET", message });
  }
  return problems;
}

/** Ids of users go there, so nobody on the way may read along; while developing, nobody is on the way. */
function isAddress(text: string, isDevelopment: boolean): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  const isProtected = protocol === "https:" || (isDevelopment && protocol === "http:");
  return isProtected && username === "" && password === "";
}
