import { issueDevToken } from "../auth/dev-token.ts";
import { userId } from "../auth/identity.ts";
import { readOptions, required, type Usage, UsageError, wholeNumber } from "./args.ts";
import { type Command, main } from "./command.ts";
import { readVariables, settingsFrom } from "./dev-vars.ts";

/** A year, in seconds: long enough for any trial. */
const LONGEST = 31_536_000;

const usage = {
  call: "npm run --silent token --",
  summary:
    "Prints a user's token, signed with JWT_SECRET from the environment, .dev.vars or .dev.vars.example.",
  options: {
    user: { type: "string", value: "<id>", help: "The user's id." },
    role: { type: "string", multiple: true, value: "<name>", help: "A role of the user." },
    tenant: { type: "string", multiple: true, value: "<id>", help: "An organisation the user belongs to." },
    name: { type: "string", value: "<text>", help: "The person's name." },
    locale: { type: "string", value: "<tag>", help: "The person's language: en, th, vi." },
    ttl: { type: "string", value: "<seconds>", default: "3600", help: "How long the token is valid." },
  },
} as const satisfies Usage;

/** `npm run token`: a development JWT, and nothing else, on standard output. */
export const token: Command = async (argv, { directory, env, out }) => {
  const { options } = readOptions(usage, argv);
  const user = userId.safeParse(required("user", options.user));
  if (!user.success) throw new UsageError(`--user: ${user.error.issues[0]?.message}`);
  const issued = await issueDevToken(
    {
      userId: user.data,
      roles: options.role,
      tenants: options.tenant,
      name: options.name,
      locale: options.locale,
      ttl: wholeNumber("--ttl", options.ttl, 1, LONGEST),
    },
    settingsFrom(readVariables(directory, env)),
    Date.now(),
  );
  out(issued.token);
  return 0;
};

if (import.meta.main) await main(token);
