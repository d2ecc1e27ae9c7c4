import { type Row, rowElement } from "./frame-row.ts";
import { element, say } from "./page.ts";

/** Rows that stay on the page; older ones go. */
const ROWS = 500;

/**
 * The list of frames, newest on top. It has a height of its own, so rows that arrive move nothing else; and when it
 * is scrolled down, the browser's scroll anchoring holds what is being read in its place.
 */
export class FrameList {
  readonly #list = element("frame-list", HTMLOListElement);
  readonly #count = element("frame-count", HTMLElement);
  readonly #empty = element("frames-empty", HTMLElement);
  readonly #emptyTitle = element("frames-empty-title", HTMLElement);
  readonly #emptyText = element("frames-empty-text", HTMLElement);
  readonly #heartbeats = element("heartbeats", HTMLInputElement);
  #waiting: Row[] = [];
  #total = 0;

  constructor() {
    // What scrolls must be reachable without a mouse, and not every browser sees to that.
    element("frame-scroll", HTMLElement).tabIndex = 0;
    element("clear", HTMLButtonElement).addEventListener("click", () => this.clear());
  }

  /** Adds a row with the next picture, so that a burst is laid out once. */
  add(row: Row): void {
    if (row.kind === "frame" && isHeartbeat(row.frame.type) && !this.#heartbeats.checked) return;
    if (row.kind === "frame") this.#total++;
    this.#waiting.push(row);
    // A hidden tab gets no pictures: keep what would stay.
    if (this.#waiting.length > ROWS) this.#waiting.shift();
    if (this.#waiting.length === 1) requestAnimationFrame(() => this.#draw());
  }

  clear(): void {
    this.#waiting = [];
    this.#total = 0;
    this.#list.replaceChildren();
    this.#draw();
  }

  /** What the empty list says: what it is for, and what to do. */
  hint(title: string, text: string): void {
    say(this.#emptyTitle, title);
    say(this.#emptyText, text);
  }

  #draw(): void {
    const rows = this.#waiting;
    this.#waiting = [];
    this.#list.prepend(...rows.reverse().map(rowElement));
    while (this.#list.childElementCount > ROWS) this.#list.lastElementChild?.remove();
    this.#empty.hidden = this.#list.childElementCount > 0;
    this.#count.textContent = countText(this.#total);
  }
}

function isHeartbeat(type: string): boolean {
  return type === "ping" || type === "pong";
}

function countText(total: number): string {
  const frames = `${total.toLocaleString("en")} ${total === 1 ? "frame" : "frames"}`;
  return total > ROWS ? `${frames}, newest ${ROWS} shown` : frames;
}
