import { formatPosition, type Position } from "../../protocol/position.ts";
import { element, make } from "./page.ts";

/** What a person asks for here. */
export interface ChannelActions {
  follow(room: string): void;
  leave(room: string): void;
}

/** The followed channels as chips, each room with its position and a way to leave it. */
export class ChannelList {
  readonly #chips = element("channels", HTMLUListElement);
  readonly #empty = element("channels-empty", HTMLElement);
  readonly #room = element("room", HTMLInputElement);
  readonly #follow = element("follow", HTMLButtonElement);
  readonly #actions: ChannelActions;

  constructor(actions: ChannelActions) {
    this.#actions = actions;
    element("follow-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      const room = this.#room.value.trim();
      if (room !== "") actions.follow(room);
    });
  }

  show(
    followed: {
      readonly always: readonly string[];
      readonly own: Position | undefined;
      readonly rooms: ReadonlyMap<string, Position>;
    },
    isConnected: boolean,
  ): void {
    this.#follow.disabled = !isConnected;
    const wanted = [
      ...followed.always.map((name) => ({ name, position: followed.own, kind: "always" as const })),
      ...[...followed.rooms].map(([name, position]) => ({ name, position, kind: "room" as const })),
    ];
    this.#empty.hidden = wanted.length > 0;
    // Chips are kept where their channel stays, so that a button does not vanish under a finger or lose the focus.
    const present = new Map<string, HTMLElement>();
    for (const chip of this.#chips.querySelectorAll("li")) present.set(chip.dataset.channel ?? "", chip);
    for (const { name, position, kind } of wanted) {
      const chip = present.get(name) ?? this.#chip(name, kind);
      present.delete(name);
      chip.dataset.live = String(isConnected);
      const at = chip.querySelector(".at");
      if (at) at.textContent = position ? formatPosition(position) : "";
      const leave = chip.querySelector("button");
      if (leave) leave.disabled = !isConnected;
      if (!chip.isConnected) this.#chips.append(chip);
    }
    for (const chip of present.values()) chip.remove();
  }

  #chip(name: string, kind: "always" | "room"): HTMLElement {
    const chip = make("li", "chip");
    chip.dataset.channel = name;
    chip.dataset.kind = kind;
    const at = make("span", "at");
    at.title = "position in this channel's log";
    chip.append(make("span", "name", name), at);
    if (kind === "room") {
      const leave = make("button", "leave", "×");
      leave.type = "button";
      leave.ariaLabel = `Leave ${name}`;
      leave.title = "Leave";
      leave.addEventListener("click", () => this.#actions.leave(name));
      chip.append(leave);
    }
    return chip;
  }
}
