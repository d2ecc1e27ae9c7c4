import { type Frame, isType } from "./frame.ts";
import { type JsonObject, numberAt, textAt } from "./json.ts";
import { make } from "./page.ts";
import type { Step } from "./positions.ts";

/** What a row of the list shows: a frame, or a remark of this page. */
export type Row =
  | {
      readonly kind: "frame";
      readonly direction: "received" | "sent";
      readonly at: Date;
      readonly frame: Frame;
      readonly step: Step;
    }
  | { readonly kind: "remark"; readonly at: Date; readonly text: string };

/** More lines than these scroll inside their row. */
const LINES = 20;
/** A control frame's fields that fit in so many characters stand on one line. */
const ONE_LINE = 96;

const stepRemarks: Record<Step, string> = { next: "", none: "", repeat: "repeat", gap: "gap" };

/** Draws one row. */
export function rowElement(row: Row): HTMLLIElement {
  const item = make("li", "frame");
  const line = make("div", "line");
  item.append(line);
  line.append(timeElement(row.at));
  if (row.kind === "remark") {
    item.dataset.type = "remark";
    line.append(make("span", "type", "page"), make("span", "remark", row.text));
    return item;
  }
  const { frame, direction } = row;
  item.dataset.type = frame.type;
  item.dataset.direction = direction;
  const type = make("span", "type", frame.type);
  type.title = direction === "sent" ? "sent by this page" : "received";
  type.prepend(make("span", "arrow", direction === "sent" ? "sent " : ""));
  line.append(type);

  const { title, rest } = divide(frame);
  const text = make("span", "title");
  for (const [name, value] of title) {
    const part = make("span", name, value);
    part.dataset.part = name;
    text.append(part, " ");
  }
  line.append(text);
  const offset = numberAt(frame.fields, isType(frame, "skip") ? "upTo" : "offset");
  if (offset !== undefined) {
    const place = make("span", "offset", String(offset));
    place.title = "offset";
    line.append(place);
  }
  const remark = stepRemarks[row.step];
  if (remark !== "") {
    const flag = make("span", "flag", remark);
    flag.title = remark === "gap" ? "entries before this one are missing" : "this page had it already";
    line.append(flag);
  }
  if (rest !== undefined) item.append(dataElement(rest, isType(frame, "event")));
  return item;
}

/** Parts a frame into what stands on its line and what is printed below. */
function divide(frame: Frame): { title: readonly [string, string][]; rest: unknown } {
  const fields: Record<string, unknown> = { ...frame.fields };
  delete fields.type;
  const title: [string, string][] = [];
  const take = (name: string) => {
    const value = textAt(fields, name);
    if (value === undefined) return;
    title.push([name, value]);
    delete fields[name];
  };
  take("channel");
  if (isType(frame, "event")) {
    take("event");
    take("id");
    return { title, rest: fields.data };
  }
  if (isType(frame, "skip")) delete fields.upTo;
  return { title, rest: isEmpty(fields) ? undefined : fields };
}

function isEmpty(fields: JsonObject): boolean {
  return Object.keys(fields).length === 0;
}

function dataElement(value: unknown, isPayload: boolean): HTMLPreElement {
  const pretty = JSON.stringify(value, null, 2) ?? "";
  const flat = pretty.replaceAll(/\n\s*/g, " ");
  const text = !isPayload && flat.length <= ONE_LINE ? flat : pretty;
  const data = make("pre", "data", text);
  if (text.split("\n").length > LINES || text.length > LINES * ONE_LINE) {
    data.classList.add("long");
    // What scrolls must be reachable without a mouse.
    data.tabIndex = 0;
    data.role = "region";
    data.ariaLabel = "Data of this frame";
  }
  return data;
}

function timeElement(at: Date): HTMLTimeElement {
  const pad = (value: number, digits = 2) => String(value).padStart(digits, "0");
  const clock = [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => pad(part)).join(":");
  const time = make("time", "time", `${clock}.${pad(at.getMilliseconds(), 3)}`);
  time.dateTime = at.toISOString();
  return time;
}
