import { type JsonObject, numberAt, objectsAt, textAt } from "./json.ts";
import { make } from "./page.ts";

/** One row for each event and target of a publish answer. */
export function resultElements(body: JsonObject): readonly HTMLLIElement[] {
  return objectsAt(body, "results").flatMap((result) => objectsAt(result, "targets").map(targetElement));
}

function targetElement(target: JsonObject): HTMLLIElement {
  const item = make("li", "result");
  const status = textAt(target, "status") ?? "?";
  item.dataset.status = status;
  item.append(
    make("span", "status", status),
    make("span", "name", textAt(target, "channel") ?? ""),
    make("span", "details", details(target)),
  );
  return item;
}

function details(target: JsonObject): string {
  const offset = numberAt(target, "offset");
  const connections = numberAt(target, "connections");
  return [
    offset === undefined ? "" : `offset ${offset}`,
    connections === undefined ? "" : `${connections} ${connections === 1 ? "connection" : "connections"}`,
    target.duplicate === true ? "duplicate" : "",
    textAt(target, "code") ?? "",
    textAt(target, "message") ?? "",
  ]
    .filter((part) => part !== "")
    .join(" · ");
}
