import type { Client, Received } from "../../../client/index.ts";
import { mergedEvents } from "./merged-events.ts";

/** What is known of a room's events. */
export interface RoomEventsView {
  readonly events: readonly Received[];
  /** Whether what the room has kept was read. */
  readonly isRead: boolean;
}

/** Events of one page of history. */
const PAGE = 200;

/** The events of one room as one device knows them, for all who show them there. */
export class RoomEvents {
  readonly #client: Client;
  readonly #name: string;
  readonly #listeners = new Set<() => void>();
  #view: RoomEventsView = { events: [], isRead: false };

  private constructor(client: Client, name: string) {
    this.#client = client;
    this.#name = name;
  }

  /** The same for the same room of the same client. */
  static of(client: Client, name: string): RoomEvents {
    const rooms = known.get(client) ?? new Map<string, RoomEvents>();
    known.set(client, rooms);
    const room = rooms.get(name) ?? new RoomEvents(client, name);
    rooms.set(name, room);
    return room;
  }

  readonly get = (): RoomEventsView => this.#view;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  add(come: readonly Received[]): void {
    const events = mergedEvents(this.#view.events, come);
    if (events !== this.#view.events) this.#show({ ...this.#view, events });
  }

  /** Reads what the room has kept. */
  async read(): Promise<void> {
    const { events } = await this.#client.channel(this.#name).history({ limit: PAGE });
    this.add(events);
    if (!this.#view.isRead) this.#show({ ...this.#view, isRead: true });
  }

  #show(view: RoomEventsView): void {
    this.#view = view;
    for (const listener of this.#listeners) listener();
  }
}

const known = new WeakMap<Client, Map<string, RoomEvents>>();
