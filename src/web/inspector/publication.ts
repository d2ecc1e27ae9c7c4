import { type JsonObject, parseJson } from "./json.ts";

/** What the publish form holds. */
export interface PublishDraft {
  readonly event: string;
  readonly data: string;
  readonly kind: "user" | "channel";
  readonly target: string;
  readonly store: boolean;
}

/** A body for POST /publish, or what is wrong with the form: in which field, in a sentence. */
export type Publication =
  | { readonly kind: "publication"; readonly body: JsonObject }
  | { readonly kind: "problem"; readonly field: "event" | "data" | "target"; readonly message: string };

/** Makes the body for POST /publish from what the form holds. Empty data is left out. */
export function publicationOf(draft: PublishDraft): Publication {
  const event = draft.event.trim();
  if (event === "") return { kind: "problem", field: "event", message: "Name the event." };
  const target = draft.kind === "channel" ? draft.target.trim() : draft.target;
  if (target === "") return { kind: "problem", field: "target", message: `Name the ${draft.kind}.` };
  const data = draft.data.trim() === "" ? undefined : parseJson(draft.data);
  if (draft.data.trim() !== "" && data === undefined) {
    return { kind: "problem", field: "data", message: jsonProblem(draft.data) };
  }
  return {
    kind: "publication",
    body: {
      event,
      ...(data === undefined ? {} : { data }),
      to: draft.kind === "user" ? { users: [target] } : { channels: [target] },
      ...(draft.store ? {} : { store: false }),
    },
  };
}

function jsonProblem(text: string): string {
  try {
    JSON.parse(text);
    return "";
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `This is not JSON. ${reason}. Text needs double quotes: "like this".`;
  }
}
