import { type Frame, isType } from "./frame.ts";
import { type JsonObject, numberAt, textAt } from "./json.ts";
import { make } from "./page.ts";
import type { Step } from "./positions.ts";
import { pretty } from "./pretty.ts";

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

/** Data longer than this scrolls inside its row. */
const LINES = 20;
const CHARACTERS = 1600;

const stepRemarks: Partial<Record<Step, string>> = {
  repeat: "this page had it already",
  gap: "entries before this one are missing",
};

/** Draws one row: time, type, what it is about, its data below, and at the end how it stands in its log. */
export function rowElement(row: Row): HTMLLIElement {
  const item = make("li", "frame");
  item.append(timeElement(row.at));
  if (row.kind === "remark") {
    item.dataset.type = "remark";
    item.append(make("span", "type", "page"), make("span", "remark", row.text));
    return item;
  }
  const { frame, direction } = row;
  item.dataset.type = frame.type;
  item.dataset.direction = direction;
  const { title, rest } = divide(frame);
  item.append(typeElement(frame.type, direction));
  if (title.length > 0) item.append(titleElement(title));
  item.append(placeElement(frame, row.step));
  if (rest !== undefined) item.append(dataElement(rest));
  return item;
}

function typeElement(name: string, direction: "received" | "sent"): HTMLElement {
  const type = make("span", "type", name);
  if (direction === "sent") type.prepend(make("span", "direction", "sent "));
  return type;
}

function titleElement(parts: readonly [string, string][]): HTMLElement {
  const title = make("span", "title");
  for (const [name, value] of parts) title.append(make("span", name, value), " ");
  return title;
}

/** The offset, and a flag if it is not the next one. */
function placeElement(frame: Frame, step: Step): HTMLElement {
  const place = make("span", "place");
  const remark = stepRemarks[step];
  if (remark) {
    const flag = make("span", "flag", step);
    flag.title = remark;
    place.append(flag);
  }
  const offset = numberAt(frame.fields, isType(frame, "skip") ? "upTo" : "offset");
  if (offset !== undefined) {
    const number = make("span", "offset", `#${offset}`);
    number.title = "offset";
    place.append(number);
  }
  return place;
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

function dataElement(value: unknown): HTMLPreElement {
  const text = pretty(value);
  const data = make("pre", "data", text);
  if (text.length > CHARACTERS || text.split("\n").length > LINES) {
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
